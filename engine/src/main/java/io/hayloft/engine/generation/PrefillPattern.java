package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;

/**
 * Says which tokens each token of a prompt sees while the prompt is read. Methods with equal patterns share one prefill, so that
 * patterns are values.
 */
public sealed interface PrefillPattern {
    /** The usual pattern. */
    PrefillPattern EXACT = new Exact();

    /** All tokens before them, in the run's cache type. */
    record Exact() implements PrefillPattern {}

    /**
     * All tokens before them and themselves, as a codec stores them: the loss of the codec is in the prompt's own
     * activations too.
     *
     * @param codec one that stores each token by itself as it comes
     */
    record Stored(KvCodec codec) implements PrefillPattern {
        /** Checks the codec. */
        public Stored {
            if (!codec.storesTokensSeparately()) {
                throw new IllegalArgumentException(codec.text() + " packs tokens in groups, later than they come");
            }
        }
    }

    /** The tokens that a cache made for the pattern lets them see. That cache of this prefill is what its methods start from. */
    non-sealed interface Own extends PrefillPattern {
        /**
         * An empty cache, which the caller closes.
         *
         * @param codec the run's cache type
         * @param tokens tokens that will be read
         */
        SequenceCache cache(LanguageModel model, KvCodec codec, int tokens);

        /**
         * Rows that run through the layers together.
         *
         * @param standard what the run would take
         */
        default int chunk(int standard) {
            return standard;
        }

        /** Whether the last token is read alone. */
        default boolean lastAlone() {
            return false;
        }
    }
}

package io.hayloft.engine.generation;

import io.hayloft.engine.cache.KvCodec;

/**
 * What the tokens of a prompt see while the prompt is read. Recipes with equal patterns share one prefill, so that
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
     * @param codec one that codes each token by itself as it comes
     */
    record Stored(KvCodec codec) implements PrefillPattern {
        /** Checks the codec. */
        public Stored {
            if (!codec.codesTokensAlone()) {
                throw new IllegalArgumentException(codec.text() + " codes tokens in groups, later than they come");
            }
        }
    }
}

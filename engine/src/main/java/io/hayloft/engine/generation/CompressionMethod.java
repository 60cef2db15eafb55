package io.hayloft.engine.generation;

import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;

/** Makes the cache of a sequence from a prompt that has been read. The compression methods implement it. */
public interface CompressionMethod {
    /** The name that completions carry, such as {@code snapkv:4x}. */
    String name();

    /** The signals that the prefill must record for {@link #build}. */
    SignalRequest signals();

    /** Which tokens each token of the prompt sees while the prompt is read. */
    default PrefillPattern prefillPattern() {
        return PrefillPattern.EXACT;
    }

    /**
     * Leading tokens of a completion that are chosen from the uncompressed cache, at least 1, if the whole prompt is read by
     * an exact prefill. A method with 2 shrinks its cache in the first step after the prompt.
     */
    default int freeTokens() {
        return 1;
    }

    /** Builds a cache of its own, which the caller closes; the prefill stays as it is. */
    SequenceCache build(Prefilled prefill);

    /** Whether the result is simply the prefill's cache, so that it may be handed over instead of copied. */
    default boolean keepsAll() {
        return false;
    }

    /** Keeps every token as the prefill stored it: the baseline of every comparison. */
    static CompressionMethod full() {
        return new Full();
    }

    /** The uncompressed cache. */
    record Full() implements CompressionMethod {
        @Override
        public String name() {
            return "full";
        }

        @Override
        public SignalRequest signals() {
            return SignalRequest.NONE;
        }

        @Override
        public SequenceCache build(Prefilled prefill) {
            return prefill.cache().fork();
        }

        @Override
        public boolean keepsAll() {
            return true;
        }
    }
}

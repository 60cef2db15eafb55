package io.hayloft.engine.generation;

import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;

/** How a variant turns a prefill into its own cache. Implemented by the compression methods. */
public interface CompressionMethod {
    /** The name that completions carry, such as {@code snapkv:4x}. */
    String name();

    /** What the prefill must record for {@link #build}. */
    SignalRequest signals();

    /** What the prompt's tokens must have seen in the prefill that {@link #build} gets. */
    default PrefillPattern prefillPattern() {
        return PrefillPattern.EXACT;
    }

    /**
     * Leading tokens of a completion that are chosen with the uncompressed cache in sight, at least 1, if the whole prompt
     * is read by an exact prefill. A recipe with 2 shrinks its cache in the first step after the prompt.
     */
    default int freeTokens() {
        return 1;
    }

    /** Builds a cache of its own, which the caller closes; the prefill stays as it is. */
    SequenceCache build(Prefilled prefill);

    /** Whether the result is simply the prefill cache, so that it may be handed over instead of copied. */
    default boolean keepsAll() {
        return false;
    }

    /** Keeps everything in the type the prefill was stored in: the baseline of every comparison. */
    static CompressionMethod full() {
        return new FullCache();
    }
}

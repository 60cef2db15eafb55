package io.hayloft.methods;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.SequenceCache;

/** A method that is more than scores and a rule for decoding: it builds its cache by itself, and takes no partner. */
public interface CacheBuilder {
    /** What the prompt's tokens see while it is read. */
    default PrefillPattern prefillPattern() {
        return PrefillPattern.EXACT;
    }

    /** What prefill has to record. */
    default SignalRequest signals() {
        return SignalRequest.NONE;
    }

    /** Leading tokens of a completion that are chosen with the uncompressed cache in sight, at least 1. */
    default int freeTokens() {
        return 1;
    }

    /** Whether the cache of the prefill is the method's cache as it is. */
    default boolean keepsAll() {
        return false;
    }

    /** See {@link Method#keptTokens}; all, unless a builder knows better. */
    default int keptTokens(int prompt, int group) {
        return prompt;
    }

    /** Builds the cache, which the caller closes. */
    SequenceCache build(Prefilled prefill);

    /** Keeps every token of an exact prefill: what each method does when asked for a ratio of 1. */
    CacheBuilder ALL = prefill -> Compaction.select(
            prefill.cache(),
            null,
            prefill.cache().codec(),
            prefill.reserveNewTokens(),
            null,
            prefill.model().pool());
}

package io.hayloft.methods;

import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.policy.DecodeRule;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.methods.score.Scorer;

/** What one term of an expression does to a cache. */
sealed interface Term {
    /** Leaves the cache as it is. */
    record Keep() implements Term {}

    /**
     * Keeps the best tokens of the prompt, and goes on evicting while decoding.
     *
     * @param scorer rates the tokens
     * @param budget how many are kept
     * @param rule what happens at each step after the prompt
     */
    record Evict(Scorer scorer, Budget budget, DecodeRule rule) implements Term {}

    /**
     * Stores tokens with fewer bits.
     *
     * @param codec how
     * @param promptToo whether the prompt, while it is read, already sees tokens as they are stored
     */
    record Store(KvCodec codec, boolean promptToo) implements Term {}

    /**
     * Shortens the text of the prompt.
     *
     * @param step how, and by how much
     */
    record Shorten(PromptStep step) implements Term {}

    /**
     * Does all by itself.
     *
     * @param budget how many tokens are kept, or in sight
     * @param builder makes the cache
     */
    record Whole(Budget budget, CacheBuilder builder) implements Term {}

    /** Makes a term from the arguments of a call. */
    @FunctionalInterface
    interface Factory {
        /** Reads what it needs from the arguments. */
        Term create(Arguments arguments);
    }
}

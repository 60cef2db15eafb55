package io.hayloft.engine.generation;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kv.cache.KvCodec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How completions are generated.
 *
 * @param maxNewTokens a completion's greatest length in tokens
 * @param minNewTokens EOS tokens are not chosen before this many tokens
 * @param sampling how tokens are chosen
 * @param stopIds EOS tokens beside those of the model
 * @param stopText text that ends a completion, null for none
 * @param cacheType how the full cache is stored
 * @param prefillChunk rows that prefill runs together (does not change results)
 * @param topLogprobs log-probabilities kept at each step, 0 for none
 * @param cacheMemory bytes that caches, and what prefill records for methods, may take together; sequences that do not
 *     fit run later
 * @param seed seed of methods that draw at random
 * @param thinking how the thoughts of a model that thinks before it answers are kept apart and limited, and the other
 *     limits then are the answer's; null takes all text as the answer
 */
public record GenerationOptions(
        int maxNewTokens,
        int minNewTokens,
        Sampling sampling,
        Set<Integer> stopIds,
        @Nullable StopText stopText,
        KvCodec cacheType,
        int prefillChunk,
        int topLogprobs,
        long cacheMemory,
        long seed,
        @Nullable Thinking thinking) {
    /** The same without a rule for thoughts. */
    public GenerationOptions(
            int maxNewTokens,
            int minNewTokens,
            Sampling sampling,
            Set<Integer> stopIds,
            @Nullable StopText stopText,
            KvCodec cacheType,
            int prefillChunk,
            int topLogprobs,
            long cacheMemory,
            long seed) {
        this(
                maxNewTokens,
                minNewTokens,
                sampling,
                stopIds,
                stopText,
                cacheType,
                prefillChunk,
                topLogprobs,
                cacheMemory,
                seed,
                null);
    }

    /** The same with a rule for thoughts. */
    public GenerationOptions with(@Nullable Thinking rule) {
        return new GenerationOptions(
                maxNewTokens,
                minNewTokens,
                sampling,
                stopIds,
                stopText,
                cacheType,
                prefillChunk,
                topLogprobs,
                cacheMemory,
                seed,
                rule);
    }

    /** Checks the ranges. */
    public GenerationOptions {
        stopIds = Set.copyOf(stopIds);
        if (maxNewTokens < 1) {
            throw new UserError("the number of new tokens must be at least 1, not " + maxNewTokens);
        }
        if (minNewTokens < 0 || minNewTokens > maxNewTokens) {
            throw new UserError("at least " + minNewTokens + " new tokens do not fit at most " + maxNewTokens);
        }
        if (prefillChunk < 1 || topLogprobs < 0) {
            throw new UserError("prefill chunks need at least 1 token, and top-logprobs cannot be negative");
        }
    }

    /** Greedy decoding, f16 cache, everything else at its default. */
    public static GenerationOptions greedy(int maxNewTokens) {
        return new GenerationOptions(
                maxNewTokens,
                0,
                Sampling.GREEDY,
                Set.of(),
                null,
                new KvCodec.F16(),
                PrefillOptions.DEFAULT_CHUNK,
                0,
                Long.MAX_VALUE,
                0);
    }
}

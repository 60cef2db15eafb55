package io.hayloft.bench.run;

/**
 * What one method answered and cost.
 *
 * @param output text, special tokens left out
 * @param stopReason {@code eos}, {@code length} or {@code stop_text}
 * @param generatedTokens tokens of the answer
 * @param freeTokens leading tokens that were chosen before compression could matter
 * @param cacheBytes allocated bytes of the method's cache at the end of prefill
 * @param storedBytes the same with what is stored but not read at every step
 * @param fullCacheBytes bytes of a full cache of the same tokens
 * @param prefillSeconds time of the shared prefill
 * @param compressSeconds time to build this method's cache, as if no other method had computed the same scores
 *     before
 * @param decodeSeconds time of decoding in lockstep: this method's own attention and policy, and an equal share of the rest
 * @param decodeSteps lockstep steps after the prompt that this method took part in; 0 if its answer ended at once
 */
public record Answer(
        String output,
        String stopReason,
        int generatedTokens,
        int freeTokens,
        long cacheBytes,
        long storedBytes,
        long fullCacheBytes,
        double prefillSeconds,
        double compressSeconds,
        double decodeSeconds,
        int decodeSteps) {}

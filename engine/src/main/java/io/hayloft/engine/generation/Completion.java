package io.hayloft.engine.generation;

import java.util.List;

/**
 * What one recipe gave for a prompt.
 *
 * @param recipe name of the recipe
 * @param ids generated tokens without the end token
 * @param text their text, up to the stop text if that ended it
 * @param stop why it ended
 * @param cacheBytes bytes of the recipe's cache when it had been built, or had shrunk in its first step
 * @param storedBytes the same with what is stored but not read at every step; equal to cacheBytes except for methods
 *     that look tokens up
 * @param fullCacheBytes bytes of a full cache of the same tokens in the run's cache type
 * @param promptTokens tokens of the whole prompt
 * @param prefillSeconds time of the shared prefill
 * @param compressSeconds time to build this recipe's cache, as if no other recipe had computed the same scores before
 * @param decodeSeconds this recipe's shares of the wall time of the steps after the prompt, summed: of each step what its
 *     own cache cost (attention, upkeep, policy; measured while the other recipes decode, too) and an equal part of the
 *     rest, so that the shares of all recipes in a step add up to the step
 * @param decodeSteps steps after the prompt that this recipe took part in: one less than the tokens chosen, an end token
 *     included, since the first is chosen by what reading the prompt gave
 * @param top most likely tokens at each step, best first; the first entry is the distribution after the prompt
 * @param freeTokens leading tokens that were chosen with the uncompressed cache in sight
 */
public record Completion(
        String recipe,
        int[] ids,
        String text,
        StopReason stop,
        long cacheBytes,
        long storedBytes,
        long fullCacheBytes,
        int promptTokens,
        double prefillSeconds,
        double compressSeconds,
        double decodeSeconds,
        int decodeSteps,
        List<List<TokenLogprob>> top,
        int freeTokens) {}

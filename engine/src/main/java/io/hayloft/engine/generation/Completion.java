package io.hayloft.engine.generation;

import java.util.List;

/**
 * The text that a language model wrote after a prompt, with the cache of one compression method.
 *
 * @param method name of the method, such as {@code snapkv:4x}
 * @param ids generated tokens without the EOS token
 * @param text their text; a stop text that ended it is cut off
 * @param stop why the completion ended
 * @param promptTokens tokens of the whole prompt
 * @param freeTokens leading tokens that were chosen from an uncompressed cache
 * @param bytes sizes of the cache
 * @param times seconds that each part of the work took
 * @param top most likely tokens at each step, best first; the first entry is the distribution after the prompt; empty
 *     unless asked for
 */
public record Completion(
        String method,
        int[] ids,
        String text,
        StopReason stop,
        int promptTokens,
        int freeTokens,
        CacheBytes bytes,
        Times times,
        List<List<TokenLogprob>> top) {}

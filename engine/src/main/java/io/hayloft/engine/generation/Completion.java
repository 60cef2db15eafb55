package io.hayloft.engine.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text that a language model wrote after a prompt, with the cache of one compression method.
 *
 * @param method name of the method, such as {@code snapkv:4x}
 * @param ids generated tokens without the EOS token
 * @param text their text, without thoughts that were kept apart; a stop text that ended it is cut off
 * @param stop why the completion ended
 * @param promptTokens tokens of the whole prompt
 * @param freeTokens leading tokens that were chosen from an uncompressed cache
 * @param bytes sizes of the cache
 * @param times seconds that each part of the work took
 * @param top most likely tokens at each step, best first; the first entry is the distribution after the prompt; empty
 *     unless asked for
 * @param thoughts the thoughts before the answer, without their tags; null if there were none, or nobody asked to keep
 *     them apart
 * @param thinkingTokens how many of the generated tokens are thoughts, with their tags
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
        List<List<TokenLogprob>> top,
        @Nullable String thoughts,
        int thinkingTokens) {
    /** A completion without thoughts. */
    public Completion(
            String method,
            int[] ids,
            String text,
            StopReason stop,
            int promptTokens,
            int freeTokens,
            CacheBytes bytes,
            Times times,
            List<List<TokenLogprob>> top) {
        this(method, ids, text, stop, promptTokens, freeTokens, bytes, times, top, null, 0);
    }
}

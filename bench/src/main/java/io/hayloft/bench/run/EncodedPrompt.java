package io.hayloft.bench.run;

import java.util.Arrays;

/**
 * A prompt in tokens.
 *
 * @param ids the tokens, special ones included
 * @param compressAfter how many of them a method has seen when it compresses: all, or those of the context
 */
public record EncodedPrompt(int[] ids, int compressAfter) {
    /** The first tokens of this prompt, as a shorter one. */
    EncodedPrompt prefix(int tokens) {
        int length = Math.min(tokens, ids.length);
        return new EncodedPrompt(Arrays.copyOf(ids, length), Math.min(compressAfter, length));
    }
}

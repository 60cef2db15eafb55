package io.hayloft.bench.plan;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A prompt in tokens.
 *
 * @param ids the tokens, special ones included
 * @param compressAfter number of them that a method has seen when it compresses: all, or those of the context
 */
public record EncodedPrompt(int[] ids, int compressAfter) {
    /** The same prompt with its BOS token doubled, if it begins with this one. */
    public EncodedPrompt startingTwice(OptionalInt bos) {
        if (bos.isEmpty() || ids.length == 0 || ids[0] != bos.getAsInt()) {
            return this;
        }
        var longer = new int[ids.length + 1];
        longer[0] = bos.getAsInt();
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return new EncodedPrompt(longer, compressAfter + 1);
    }

    /** The first tokens of this prompt, as a shorter one. */
    public EncodedPrompt prefix(int tokens) {
        int length = Math.min(tokens, ids.length);
        return new EncodedPrompt(Arrays.copyOf(ids, length), Math.min(compressAfter, length));
    }
}

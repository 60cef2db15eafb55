package io.hayloft.bench.plan;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A prompt in tokens.
 *
 * @param ids the tokens, special ones included
 * @param compressAfter number of them that a method has seen when it compresses: all, or those of the context
 * @param turns tokens of the questions that follow, each behind the model's answer to the one before; empty for a single one
 * @param shared whether other questions about the same context will come, so that its compressed caches are worth keeping
 */
public record EncodedPrompt(int[] ids, int compressAfter, List<int[]> turns, boolean shared) {
    /** Copies the list. */
    public EncodedPrompt {
        turns = List.copyOf(turns);
    }

    /** A prompt with a single question. */
    public EncodedPrompt(int[] ids, int compressAfter) {
        this(ids, compressAfter, List.of(), false);
    }

    /** The same prompt, one of several about its context. */
    public EncodedPrompt sharing() {
        return new EncodedPrompt(ids, compressAfter, turns, true);
    }

    /** The first tokens, those that are there when methods compress. */
    public int[] context() {
        return Arrays.copyOf(ids, compressAfter);
    }

    /** Tokens of the prompt, its turns and the answers to all of them, if each answer is as long as it may be. */
    public int longest(int answer) {
        return ids.length
                + answer
                + turns.stream().mapToInt(turn -> turn.length + answer).sum();
    }

    /** The same prompt with its BOS token doubled, if it begins with this one. */
    public EncodedPrompt startingTwice(OptionalInt bos) {
        if (bos.isEmpty() || ids.length == 0 || ids[0] != bos.getAsInt()) {
            return this;
        }
        var longer = new int[ids.length + 1];
        longer[0] = bos.getAsInt();
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return new EncodedPrompt(longer, compressAfter + 1, turns, shared);
    }

    /** The first tokens of this prompt, as a shorter one. */
    public EncodedPrompt prefix(int tokens) {
        int length = Math.min(tokens, ids.length);
        return new EncodedPrompt(Arrays.copyOf(ids, length), Math.min(compressAfter, length));
    }
}

package io.hayloft.tasks.longbench;

import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import java.util.Arrays;

/**
 * The official way to shorten a prompt: the first half and the last half of the allowed tokens stay. Both are decoded
 * to text and joined, so that the new text may have a few tokens more or less than the limit.
 *
 * @param prompt the prompt after cutting
 * @param tokensBefore its length before, with the BOS token that the model puts first
 * @param cut whether anything was cut
 */
public record MiddleCut(Prompt prompt, int tokensBefore, boolean cut) {
    /**
     * Cuts a prompt that has more than {@code limit} tokens.
     *
     * @param limit the most tokens, BOS token included; an odd limit loses one. 0 and 1 cut nothing, as in the
     *     published program
     */
    public static MiddleCut of(Prompt prompt, int limit, TokenCounter tokens) {
        var ids = tokens.encode(prompt.text());
        int start = tokens.startTokens();
        int all = start + ids.length;
        int half = limit / 2;
        if (all <= limit || half == 0) {
            return new MiddleCut(prompt, all, false);
        }
        // the BOS token is one of the first half; it leaves no text
        var head = tokens.decode(Arrays.copyOfRange(ids, 0, Math.max(0, half - start)));
        var tail = tokens.decode(Arrays.copyOfRange(ids, Math.max(0, ids.length - half), ids.length));
        return new MiddleCut(split(head, tail, prompt), all, true);
    }

    /**
     * Instruction and question stay what they are where they survived whole; else all of the last half is the question, and
     * all before it the document.
     */
    private static Prompt split(String head, String tail, Prompt prompt) {
        var question = tail.endsWith(prompt.question()) ? prompt.question() : tail;
        var context = head + tail.substring(0, tail.length() - question.length());
        var instruction = context.startsWith(prompt.instruction()) ? prompt.instruction() : "";
        return new Prompt(instruction, context.substring(instruction.length()), question, prompt.chat());
    }
}

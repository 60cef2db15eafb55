package io.hayloft.engine.generation;

import io.hayloft.base.UserError;
import io.hayloft.tokenizer.ThinkTags;

/**
 * The rule for the thoughts of a model that thinks before it answers: they are kept apart from the answer and have a
 * budget of their own. When it is used up, the tokens of the closing tag follow, and the answer begins.
 *
 * @param tags the texts around the thoughts
 * @param maxTokens most tokens of the block, the opening tag included
 */
public record Thinking(ThinkTags tags, int maxTokens) {
    /** Budget where the user gives none, in a context that is long enough. */
    public static final int DEFAULT_TOKENS = 1024;

    /** Refuses a negative budget. */
    public Thinking {
        if (maxTokens < 0) {
            throw new UserError("the number of thinking tokens must not be negative, but is " + maxTokens);
        }
    }

    /** The budget where the user gives none: {@value #DEFAULT_TOKENS} tokens, but at most a quarter of the context. */
    public static int defaultTokens(int contextLength) {
        return Math.min(DEFAULT_TOKENS, contextLength / 4);
    }
}

package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.TokenCounter;

/**
 * The request for samples in the official form.
 *
 * @param length most tokens of prompt and answer together ({@code max_seq_length})
 * @param seed the seed of the official program
 * @param modelTemplate text with a place {@code {task_template}} for the task's own prompt
 */
public record RulerRequest(int length, long seed, RulerInputs inputs, String modelTemplate, TokenCounter tokens) {
    /**
     * Checks the length.
     *
     * @throws UserError if it is below 1
     */
    public RulerRequest {
        if (length < 1) {
            throw new UserError("the length of a sample must be at least 1 token, not " + length);
        }
    }

    /** A request with the prompts as they are, without the format of a model around them. */
    public RulerRequest(int length, long seed, RulerInputs inputs, TokenCounter tokens) {
        this(length, seed, inputs, Job.NO_MODEL_TEMPLATE, tokens);
    }
}

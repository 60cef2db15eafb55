package io.hayloft.tasks.ruler;

import io.hayloft.tasks.TokenCounter;

/**
 * The request for which samples are drawn.
 *
 * @param length most tokens of prompt and answer together
 * @param modelTemplate text around the task's own with a place {@code {task_template}} for it; the answer prefix follows it
 */
record Job(
        RulerSettings settings, int length, long seed, RulerInputs inputs, String modelTemplate, TokenCounter tokens) {
    static final String NO_MODEL_TEMPLATE = "{task_template}";

    /** The prompt with named places, answer prefix included. */
    String template() {
        return modelTemplate.replace(NO_MODEL_TEMPLATE, settings.family().template())
                + settings.family().answerPrefix();
    }

    /** Tokens kept for the answer. */
    int answerTokens() {
        return settings.family().tokensToGenerate();
    }

    /** How samples are fitted whose size changes in these steps. */
    Fitting fitting(int step) {
        return new Fitting(settings.name(), length, answerTokens(), step, tokens);
    }
}

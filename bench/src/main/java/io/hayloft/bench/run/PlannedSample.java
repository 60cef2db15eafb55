package io.hayloft.bench.run;

import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;

/**
 * A sample that a run will answer.
 *
 * @param task where it comes from
 * @param sample the sample
 * @param whole its prompt before its middle was cut out, where the run wants that; else the same as the sample's
 * @param limitTokens where the middle was cut out; 0 for nowhere
 * @param prompt its prompt in tokens
 * @param promptSha256 hash of the prompt's text before the chat format
 * @param length prompt length that was asked for; 0 if the task has its own
 * @param rules when its answers end
 */
record PlannedSample(
        Task task,
        Sample sample,
        Prompt whole,
        int limitTokens,
        EncodedPrompt prompt,
        String promptSha256,
        int length,
        AnswerRules rules) {
    int promptTokens() {
        return prompt.ids().length;
    }
}

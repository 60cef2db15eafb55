package io.hayloft.bench.run;

import java.time.Duration;
import java.util.List;

/**
 * What a run will do and cost, known before it starts.
 *
 * @param samples samples of the run
 * @param samplesDone samples that an earlier start of the same run finished
 * @param methods methods that each sample runs with
 * @param promptTokens tokens of all prompts together
 * @param longestPrompt tokens of the longest prompt
 * @param time estimated time of what is left to do
 * @param weightBytes bytes of the packed weights
 * @param cacheBytes estimated bytes of all caches of the longest sample together
 * @param notes what the user should know: lengths skipped, prompts cut, no chat format
 */
public record Plan(
        int samples,
        int samplesDone,
        int methods,
        long promptTokens,
        int longestPrompt,
        Duration time,
        long weightBytes,
        long cacheBytes,
        List<String> notes) {

    /** Copies the list. */
    public Plan {
        notes = List.copyOf(notes);
    }
}

package io.hayloft.bench.plan;

import io.hayloft.base.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The work of a run and its cost, estimated before it starts.
 *
 * @param model name of the model
 * @param samples samples of the run
 * @param samplesDone samples that earlier starts of the same run finished
 * @param methods methods that each sample runs with
 * @param promptTokens about how many tokens all prompts have together
 * @param shortestPrompt about how many tokens the shortest prompt has
 * @param longestPrompt about how many tokens the longest prompt has
 * @param time estimated time of what is left to do
 * @param weightBytes bytes of the packed weights
 * @param cacheBytes estimated bytes of all caches of the longest sample together
 * @param notes remarks for the user: lengths skipped, prompts cut, no chat format
 */
public record Plan(
        String model,
        int samples,
        int samplesDone,
        int methods,
        long promptTokens,
        int shortestPrompt,
        int longestPrompt,
        Duration time,
        long weightBytes,
        long cacheBytes,
        List<String> notes) {

    /** Copies the list. */
    public Plan {
        notes = List.copyOf(notes);
    }

    /** The plan in a few lines for people, notes apart. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "%s x %s with %s, prompts of about %s tokens (%,d in all)",
                Sizes.count(samples, "sample"),
                Sizes.count(methods, "method"),
                model,
                shortestPrompt == longestPrompt
                        ? String.format(Locale.ROOT, "%,d", longestPrompt)
                        : String.format(Locale.ROOT, "%,d to %,d", shortestPrompt, longestPrompt),
                promptTokens));
        if (samplesDone > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "earlier starts have done %,d of them, %,d are left",
                    samplesDone,
                    samples - samplesDone));
        }
        if (samplesDone < samples) {
            lines.add("takes about " + words(time) + ", and memory for " + Sizes.bytes(weightBytes) + " of weights and "
                    + Sizes.bytes(cacheBytes) + " of caches");
        }
        return lines;
    }

    /** A time as people say it: {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 05 min}. */
    public static String words(Duration time) {
        long seconds = Math.max(0, Math.round(time.toMillis() / 1000.0));
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + String.format(Locale.ROOT, "%02d s", seconds % 60);
        }
        return seconds / 3600 + " h " + String.format(Locale.ROOT, "%02d min", seconds % 3600 / 60);
    }
}

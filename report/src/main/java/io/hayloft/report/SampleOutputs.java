package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.PromptFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One sample with what every method answered.
 *
 * @param task name of the task
 * @param category label of the category
 * @param sample identifier of the sample
 * @param references the right answers
 * @param promptSha256 hash of the prompt's text, by which {@code prompts.jsonl.gz} names it
 * @param prompt the beginning and the end of the prompt's text; null if the run has not kept it, or the page has no room
 * @param tokens tokens of the prompt
 * @param facets length, depth and the like
 * @param outputs an entry for each method of the run, in its order; null if it did not run
 */
record SampleOutputs(
        String task,
        String category,
        String sample,
        List<String> references,
        String promptSha256,
        @Nullable String prompt,
        int tokens,
        Map<String, Object> facets,
        List<@Nullable Output> outputs) {
    /** Characters of outputs that a page may hold before it shows only the first samples. */
    private static final int MOST_CHARACTERS = 1_500_000;

    /** Bytes of prompts that a page may hold; samples behind those are shown without. */
    private static final int MOST_PROMPT_BYTES = 1_000_000;

    /** Characters of the beginning and of the end of a prompt that are shown: most questions are in one of them. */
    private static final int PART_OF_PROMPT = 2_000;

    /** The answer of one method. */
    record Output(String text, double score, String stop) {}

    static List<SampleOutputs> of(List<BenchRecord> records, List<String> methods) {
        var samples = new LinkedHashMap<String, Map<String, BenchRecord>>();
        for (var record : records) {
            samples.computeIfAbsent(
                            record.subject().protocol() + "\n" + record.task() + "\n" + record.sample() + "\n"
                                    + record.promptSha256(),
                            name -> new HashMap<>())
                    .put(record.method(), record);
        }
        boolean several = records.stream()
                        .map(record -> record.subject().protocol())
                        .distinct()
                        .count()
                > 1;
        var all = new ArrayList<SampleOutputs>();
        for (var byMethod : samples.values()) {
            var any = byMethod.values().iterator().next();
            var outputs = new ArrayList<@Nullable Output>();
            for (var method : methods) {
                var record = byMethod.get(method);
                outputs.add(record == null ? null : new Output(record.output(), record.score(), record.stopReason()));
            }
            all.add(new SampleOutputs(
                    any.task(),
                    any.category(),
                    several ? any.sample() + " (" + any.subject().protocol() + ")" : any.sample(),
                    any.references(),
                    any.promptSha256(),
                    null,
                    any.promptTokens(),
                    any.facets(),
                    outputs));
        }
        return all;
    }

    /** The first samples whose texts fit a page that opens fast. */
    static List<SampleOutputs> limit(List<SampleOutputs> samples) {
        long characters = 0;
        int count = 0;
        for (var sample : samples) {
            characters += sample.characters();
            if (count > 0 && characters > MOST_CHARACTERS) {
                break;
            }
            count++;
        }
        return samples.subList(0, count);
    }

    /** The same samples with their prompts, as far as the run has kept them and the page has room. */
    static List<SampleOutputs> withPrompts(List<SampleOutputs> samples, Path folder) {
        var hashes = samples.stream().map(SampleOutputs::promptSha256).collect(Collectors.toSet());
        var prompts = PromptFile.read(folder, hashes, SampleOutputs::shortened);
        long bytes = 0;
        var all = new ArrayList<SampleOutputs>();
        for (var sample : samples) {
            var prompt = prompts.get(sample.promptSha256());
            bytes += prompt == null ? 0 : prompt.getBytes(StandardCharsets.UTF_8).length;
            all.add(prompt == null || bytes > MOST_PROMPT_BYTES ? sample : sample.with(prompt));
        }
        return all;
    }

    private static String shortened(String text) {
        int left = text.length() - 2 * PART_OF_PROMPT;
        return left <= 0
                ? text
                : text.substring(0, PART_OF_PROMPT) + "\n[... " + left + " characters ...]\n"
                        + text.substring(text.length() - PART_OF_PROMPT);
    }

    private SampleOutputs with(String text) {
        return new SampleOutputs(task, category, sample, references, promptSha256, text, tokens, facets, outputs);
    }

    private long characters() {
        long sum = 200;
        for (var output : outputs) {
            sum += 30 + (output == null ? 0 : output.text().length());
        }
        for (var reference : references) {
            sum += reference.length();
        }
        return sum;
    }
}

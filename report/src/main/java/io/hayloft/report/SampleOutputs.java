package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sample with what every method answered.
 *
 * @param task name of the task
 * @param category label of the category
 * @param sample identifier of the sample
 * @param references the right answers
 * @param tokens tokens of the prompt
 * @param facets length, depth and the like
 * @param outputs an entry for each method of the run, in its order; null if it did not run
 */
record SampleOutputs(
        String task,
        String category,
        String sample,
        List<String> references,
        int tokens,
        Map<String, Object> facets,
        List<@Nullable Output> outputs) {
    /** Characters of outputs that a page may hold before it shows only the first samples. */
    private static final int MOST_CHARACTERS = 1_500_000;

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

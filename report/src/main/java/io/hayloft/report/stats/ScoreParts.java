package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.tasks.metric.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the scores of one task: of answers of several items by place or depth, of instructions one by one.
 *
 * @param parts names of the parts
 * @param rows one for each method, in the order of the records
 */
public record ScoreParts(String task, List<String> parts, List<Row> rows) {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Copies the lists. */
    public ScoreParts {
        parts = List.copyOf(parts);
        rows = List.copyOf(rows);
    }

    /**
     * The answers of one method.
     *
     * @param score mean score, 0 to 1
     * @param byPart mean of each part, 0 to 1; NaN for a part that no answer has
     */
    public record Row(String method, double score, List<Double> byPart) {}

    /** The tables of all tasks whose scores have parts, in the order of the records. */
    public static List<ScoreParts> of(List<BenchRecord> records) {
        var byTask = new LinkedHashMap<String, LinkedHashMap<String, List<BenchRecord>>>();
        for (var record : records) {
            if (!parts(record).isEmpty()) {
                byTask.computeIfAbsent(record.task(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(record.method(), _ -> new ArrayList<>())
                        .add(record);
            }
        }
        var tables = new ArrayList<ScoreParts>();
        byTask.forEach((task, byMethod) -> tables.add(table(task, byMethod)));
        return tables;
    }

    private static Map<String, Double> parts(BenchRecord record) {
        return metric(record.outcome().metric())
                .map(metric -> metric.parts(record.output(), record.references()))
                .orElse(Map.of());
    }

    private static Optional<Metric> metric(String id) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.id().equals(id))
                .findFirst();
    }

    private static ScoreParts table(String task, Map<String, List<BenchRecord>> byMethod) {
        var names = new LinkedHashSet<String>();
        var sums = new LinkedHashMap<String, Map<String, double[]>>();
        byMethod.forEach((method, records) -> {
            var ofMethod = sums.computeIfAbsent(method, _ -> new LinkedHashMap<>());
            for (var record : records) {
                for (var part : parts(record).entrySet()) {
                    names.add(part.getKey());
                    var sum = ofMethod.computeIfAbsent(part.getKey(), _ -> new double[2]);
                    sum[0] += part.getValue();
                    sum[1]++;
                }
            }
        });
        var columns =
                names.stream().sorted(Comparator.comparing(ScoreParts::number)).toList();
        var rows = new ArrayList<Row>();
        sums.forEach((method, ofMethod) -> {
            double score = byMethod.getOrDefault(method, List.of()).stream()
                    .mapToDouble(BenchRecord::score)
                    .average()
                    .orElseThrow();
            rows.add(new Row(
                    method,
                    score,
                    columns.stream().map(part -> mean(ofMethod.get(part))).toList()));
        });
        return new ScoreParts(task, columns, rows);
    }

    /** The first number in the name of a part, such as a depth; 0 in one without, so that these stay in their order. */
    private static int number(String part) {
        var digits = NUMBER.matcher(part);
        return digits.find() ? Integer.parseInt(digits.group()) : 0;
    }

    private static double mean(double @Nullable [] sum) {
        return sum == null ? Double.NaN : sum[0] / sum[1];
    }
}

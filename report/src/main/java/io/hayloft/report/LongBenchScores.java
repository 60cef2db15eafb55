package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.metric.Choice;
import io.hayloft.tasks.metric.DatasetScore;
import io.hayloft.tasks.metric.LengthGroups;
import io.hayloft.tasks.registry.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Scores of a run on the scale of the published LongBench tables, 0 to 100, rounded as they are.
 *
 * @param title of the table
 * @param columns headers of the scores
 * @param rows a row for each method
 */
record LongBenchScores(String title, List<String> columns, List<Row> rows) {
    /** Left out of the averages of arXiv 2407.01527, as most models cannot do it at all. */
    private static final String NOT_AVERAGED = "passage_count";

    private static final String V2 = "longbench-v2";
    private static final String BY_LENGTH = "_e";

    /** The scores of a method; null where there is none. */
    record Row(String method, List<@Nullable Double> scores) {}

    /** The tables that a run has records for: LongBench, LongBench-E by length, LongBench v2. */
    static List<LongBenchScores> of(List<BenchRecord> records, List<String> methods) {
        var byTask = new LinkedHashMap<String, List<BenchRecord>>();
        for (var record : records) {
            byTask.computeIfAbsent(record.task(), task -> new ArrayList<>()).add(record);
        }
        var tables = new ArrayList<LongBenchScores>();
        tables.add(tasks(byTask, methods));
        byTask.forEach((task, ofTask) -> {
            if (task.endsWith(BY_LENGTH)) {
                tables.add(byLength(task, ofTask, methods));
            } else if (task.startsWith(V2)) {
                tables.add(choices(task, ofTask, methods));
            }
        });
        return tables.stream().filter(table -> !table.columns.isEmpty()).toList();
    }

    /** Score of each of the sixteen tasks, mean of each category, and the average of the fifteen that the paper averages. */
    private static LongBenchScores tasks(Map<String, List<BenchRecord>> byTask, List<String> methods) {
        var tasks = Tasks.longBench().stream()
                .filter(task -> byTask.containsKey(task.name()))
                .toList();
        var columns = new ArrayList<String>();
        tasks.forEach(task -> columns.add(task.name()));
        var categories = new LinkedHashSet<Category>();
        tasks.stream()
                .filter(task -> !task.name().equals(NOT_AVERAGED))
                .forEach(task -> categories.add(task.category()));
        categories.forEach(category -> columns.add(category.label()));
        int averaged = Tasks.longBench().size() - 1;
        boolean complete =
                tasks.stream().filter(task -> !task.name().equals(NOT_AVERAGED)).count() == averaged;
        if (complete) {
            columns.add("average of " + averaged);
        }
        var rows = new ArrayList<Row>();
        for (var method : methods) {
            var scores = new ArrayList<@Nullable Double>();
            var ofCategory = new LinkedHashMap<Category, List<@Nullable Double>>();
            var all = new ArrayList<@Nullable Double>();
            for (var task : tasks) {
                var score = score(byTask.getOrDefault(task.name(), List.of()), method);
                scores.add(score);
                if (!task.name().equals(NOT_AVERAGED)) {
                    ofCategory
                            .computeIfAbsent(task.category(), any -> new ArrayList<>())
                            .add(score);
                    all.add(score);
                }
            }
            categories.forEach(category -> scores.add(mean(ofCategory.getOrDefault(category, List.of()))));
            if (complete) {
                scores.add(mean(all));
            }
            rows.add(new Row(method, scores));
        }
        return new LongBenchScores("LongBench", columns, rows);
    }

    private static List<BenchRecord> of(List<BenchRecord> records, String method) {
        return records.stream().filter(record -> record.method().equals(method)).toList();
    }

    private static @Nullable Double score(List<BenchRecord> records, String method) {
        var scores =
                of(records, method).stream().mapToDouble(BenchRecord::score).toArray();
        return scores.length == 0 ? null : (Double) DatasetScore.of(scores);
    }

    /** Plain mean to two decimals; null if one is missing. */
    private static @Nullable Double mean(List<@Nullable Double> scores) {
        double sum = 0;
        for (var score : scores) {
            if (score == null) {
                return null;
            }
            sum += score;
        }
        return scores.isEmpty() ? null : (Double) DatasetScore.round(sum / scores.size());
    }

    private static LongBenchScores byLength(String task, List<BenchRecord> records, List<String> methods) {
        var rows = new ArrayList<Row>();
        var columns = List.<String>of();
        for (var method : methods) {
            var own = of(records, method);
            var groups = LengthGroups.scores(
                    own.stream().map(BenchRecord::score).toList(),
                    own.stream().map(LongBenchScores::words).toList());
            columns = List.copyOf(groups.keySet());
            rows.add(new Row(method, values(List.copyOf(groups.values()))));
        }
        return new LongBenchScores(task + " by words of the sample", columns, rows);
    }

    private static int words(BenchRecord record) {
        return record.facets().get("length") instanceof Number length ? length.intValue() : 0;
    }

    private static LongBenchScores choices(String task, List<BenchRecord> records, List<String> methods) {
        var rows = new ArrayList<Row>();
        for (var method : methods) {
            var judged = of(records, method).stream()
                    // the published table leaves out samples with an empty reply, in either call
                    .filter(record -> !record.output().isEmpty()
                            && !"".equals(record.outcome().thoughts()))
                    .map(record -> new Choice.Row(
                            String.valueOf(record.facets().get("difficulty")),
                            String.valueOf(record.facets().get("length_group")),
                            record.score()))
                    .toList();
            rows.add(new Row(method, values(Choice.table(judged))));
        }
        return new LongBenchScores(task, Choice.COLUMNS, rows);
    }

    private static List<@Nullable Double> values(List<OptionalDouble> scores) {
        var values = new ArrayList<@Nullable Double>();
        scores.forEach(score -> values.add(score.isPresent() ? (Double) score.getAsDouble() : null));
        return values;
    }
}

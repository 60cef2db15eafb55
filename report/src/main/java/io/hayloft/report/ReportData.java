package io.hayloft.report;

import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the page's script gets to see, as JSON. Numbers that do not exist (no samples, no error) are null.
 *
 * @param headline what was found, in one or two sentences
 * @param info the content of {@code run.json}
 * @param categories labels of the columns
 * @param tasks names of the tasks; empty where each category has one, as that would say the same twice
 * @param methods rows of the table, in the order of the run
 * @param needle heat maps; null if no sample has a depth
 * @param samples every sample with the outputs of all methods
 * @param samplesShown how many of the run's samples are in {@code samples}
 * @param samplesAll how many samples the run has
 * @param warnings results that should not be trusted without a second look
 */
record ReportData(
        List<String> headline,
        RunInfo info,
        List<String> categories,
        List<String> tasks,
        List<MethodRow> methods,
        @Nullable NeedleMap needle,
        List<SampleOutputs> samples,
        int samplesShown,
        int samplesAll,
        List<String> warnings) {

    /** One row: scores are in the order of the categories, task scores in that of the tasks. */
    record MethodRow(
            String name,
            String family,
            List<Score> scores,
            List<Score> taskScores,
            Score mean,
            List<@Nullable Double> difference,
            @Nullable Double requestedRatio,
            @Nullable Double achievedRatio,
            @Nullable Double bytesPerToken,
            @Nullable Double storedBytesPerToken,
            @Nullable Double compressSeconds,
            @Nullable Double prefillRate,
            @Nullable Double decodeRate,
            boolean front) {}

    /** A mean, its standard error, its count. */
    record Score(@Nullable Double mean, @Nullable Double error, int count) {}

    static ReportData of(RunFolder run) {
        var records = run.records();
        var table = Statistics.summary(records);
        var front = Pareto.front(table.rows());
        var families = new LinkedHashMap<String, String>();
        for (var record : records) {
            families.putIfAbsent(record.method(), record.family());
        }
        var methods = new ArrayList<MethodRow>();
        var byTask = Statistics.byTask(records);
        boolean severalTasks = byTask.categories().size() > table.categories().size();
        for (int i = 0; i < table.rows().size(); i++) {
            var row = table.rows().get(i);
            var taskCells = severalTasks ? byTask.rows().get(i).cells() : List.<SummaryTable.Cell>of();
            methods.add(methodRow(row, taskCells, families, front.contains(row.method())));
        }
        var names = methods.stream().map(MethodRow::name).toList();
        var samples = SampleOutputs.of(records, names);
        var shown = SampleOutputs.limit(samples);
        var warnings = new ArrayList<>(Statistics.warnings(records));
        warnings.addAll(run.notes());
        return new ReportData(
                Headline.of(table),
                run.info(),
                table.categories(),
                severalTasks ? byTask.categories() : List.of(),
                methods,
                NeedleMap.of(records, names),
                shown,
                shown.size(),
                samples.size(),
                warnings);
    }

    private static MethodRow methodRow(
            Row row, List<SummaryTable.Cell> taskCells, Map<String, String> families, boolean front) {
        var difference = new ArrayList<@Nullable Double>();
        difference.add(finite(row.difference().mean()));
        difference.add(finite(row.difference().low()));
        difference.add(finite(row.difference().high()));
        return new MethodRow(
                row.method(),
                families.getOrDefault(row.method(), row.method()),
                row.cells().stream().map(ReportData::score).toList(),
                taskCells.stream().map(ReportData::score).toList(),
                score(row.mean()),
                difference,
                finite(row.requestedRatio()),
                finite(row.achievedRatio()),
                finite(row.bytesPerToken()),
                finite(row.storedBytesPerToken()),
                finite(row.compressSeconds()),
                finite(row.prefillRate()),
                finite(row.decodeRate()),
                front);
    }

    private static Score score(SummaryTable.Cell cell) {
        return new Score(finite(cell.mean()), finite(cell.error()), cell.count());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}

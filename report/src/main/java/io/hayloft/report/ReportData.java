package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.bench.fidelity.FidelityFile;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.LabelFile;
import io.hayloft.bench.record.PredictedFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Row;
import io.hayloft.report.stats.Warnings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data of the page, which its script reads as JSON. Numbers that do not exist (no samples, no error) are null.
 *
 * @param headline what was found; the first sentence is the title of the page
 * @param info the content of {@code run.json}
 * @param categories labels of the columns
 * @param tasks names of the tasks; empty where each category has one, as that would say the same twice
 * @param methods rows of the table, in the order of the run
 * @param paired how methods differ from the full cache sample by sample
 * @param details what no table shows, such as lossless ratios
 * @param lengths scores by the length of prompts
 * @param needle heat maps; null if no sample has a depth
 * @param samples every sample with the outputs of all methods
 * @param samplesShown how many of the run's samples are in {@code samples}
 * @param samplesAll how many samples the run has
 * @param fidelity comparison of the methods' distributions; null if the folder has none
 * @param kept what methods kept of the first prompts
 * @param severalProtocols whether samples of several protocols are among {@code samples} and {@code kept}
 * @param predicted what was predicted of the machine; null if nothing was
 * @param published figures of others for these methods
 * @param command the command line that runs all of this again
 * @param longBench scores as the published tables give them; empty if the run has none of their tasks
 * @param protocols scores by where the question stood when methods compressed; null if it stood in one place
 * @param warnings results that should not be trusted without a second look
 */
record ReportData(
        List<String> headline,
        RunInfo info,
        List<String> categories,
        List<String> tasks,
        List<MethodRow> methods,
        ResultTable paired,
        List<String> details,
        LengthScores lengths,
        @Nullable NeedleMap needle,
        List<SampleOutputs> samples,
        int samplesShown,
        int samplesAll,
        @Nullable FidelityFile fidelity,
        List<KeptSample> kept,
        boolean severalProtocols,
        @Nullable List<Predicted> predicted,
        List<Published> published,
        String command,
        List<LongBenchScores> longBench,
        @Nullable ByProtocol protocols,
        List<String> warnings) {

    /**
     * Mean scores by protocol.
     *
     * @param names protocols
     * @param scores of each method of the run, in its order [methods][protocols]
     */
    record ByProtocol(List<String> names, List<List<Score>> scores) {
        static @Nullable ByProtocol of(List<BenchRecord> records) {
            var table = Statistics.by(records, Grouping.PROTOCOL);
            return table.categories().size() < 2
                    ? null
                    : new ByProtocol(
                            table.categories(),
                            table.rows().stream()
                                    .map(row -> row.cells().stream()
                                            .map(ReportData::score)
                                            .toList())
                                    .toList());
        }
    }

    /** One row: scores are in the order of the categories, task scores in that of the tasks. */
    record MethodRow(
            String name,
            @Nullable String label,
            String family,
            List<Score> scores,
            List<Score> taskScores,
            Score mean,
            List<@Nullable Double> difference,
            boolean fewPairs,
            @Nullable String verdict,
            @Nullable Double requestedRatio,
            @Nullable Double achievedRatio,
            @Nullable Double bytesPerToken,
            @Nullable Double readBytesPerToken,
            @Nullable Double stateBytes,
            @Nullable Double cacheBytesPerToken,
            @Nullable Double compressSeconds,
            @Nullable Double prefillRate,
            @Nullable Double decodeRate,
            @Nullable Double decodeBatch,
            boolean front) {}

    /** A mean, its standard error and 95 % interval, how many are right (-1 where scores are graded), and of how many. */
    record Score(
            @Nullable Double mean,
            @Nullable Double error,
            @Nullable Double low,
            @Nullable Double high,
            int right,
            int count) {}

    /** Bytes and times of a method as they were predicted before the run; tokens are those of a prompt. */
    record Predicted(String method, double bytesPerToken, double prefillRate, double decodeMsPerToken) {
        static @Nullable List<Predicted> of(RunFolder run) {
            var rows = PredictedFile.read(run.path()).methods();
            return rows.isEmpty()
                    ? null
                    : rows.stream()
                            .map(row -> new Predicted(
                                    row.method(),
                                    (double) row.storedBytes() / row.context(),
                                    row.tokensRead() / row.prefillSeconds(),
                                    row.decodeMsPerToken()))
                            .toList();
        }
    }

    static ReportData of(RunFolder run) {
        var records = run.records();
        var findings = Findings.of(records);
        var table = findings.table();
        var verdicts = new HashMap<String, String>();
        for (var setting : findings.settings()) {
            verdicts.put(setting.row().method(), setting.loss().verdict().name().toLowerCase(Locale.ROOT));
        }
        var families = new LinkedHashMap<String, String>();
        for (var record : records) {
            families.putIfAbsent(record.method(), record.family());
        }
        var labels = LabelFile.read(run.path());
        var methods = new ArrayList<MethodRow>();
        var byTask = Statistics.by(records, Grouping.TASK);
        boolean severalTasks = byTask.categories().size() > table.categories().size();
        for (int i = 0; i < table.rows().size(); i++) {
            var row = table.rows().get(i);
            var taskCells = severalTasks ? byTask.rows().get(i).cells() : List.<SummaryTable.Cell>of();
            var family = families.getOrDefault(row.method(), row.method());
            var label = labels.get(row.method());
            var verdict = verdicts.get(row.method());
            methods.add(methodRow(row, label, taskCells, family, verdict, findings.isOnFront(row.method())));
        }
        var names = methods.stream().map(MethodRow::name).toList();
        var longBench = LongBenchScores.of(records, names);
        var samples = SampleOutputs.of(records, names);
        var shown = SampleOutputs.withPrompts(SampleOutputs.limit(samples), run.path());
        var warnings = new ArrayList<String>();
        if (!run.failures().isEmpty()) {
            var first = run.failures().getFirst();
            warnings.add(Sizes.count(run.failures().size(), "answer") + " failed, left out of all means, such as "
                    + first.subject().method() + " on " + first.subject().sample() + ": " + first.error());
        }
        warnings.addAll(Warnings.of(findings, records));
        warnings.addAll(run.notes());
        return new ReportData(
                Headline.of(findings),
                run.info(),
                table.categories(),
                severalTasks ? byTask.categories() : List.of(),
                methods,
                PairedTable.of(run, findings),
                Details.of(run, findings),
                LengthScores.of(records, names),
                NeedleMap.of(records, names),
                shown,
                shown.size(),
                samples.size(),
                FidelityFile.read(run.path()),
                KeptSample.of(run.path()),
                "all".equals(run.info().settings().get("protocol")),
                Predicted.of(run),
                Published.of(run, table, longBench),
                RunCommand.of(run.info()),
                longBench,
                ByProtocol.of(records),
                warnings);
    }

    private static MethodRow methodRow(
            Row row,
            @Nullable String label,
            List<SummaryTable.Cell> taskCells,
            String family,
            @Nullable String verdict,
            boolean front) {
        var difference = new ArrayList<@Nullable Double>();
        difference.add(finite(row.difference().mean()));
        difference.add(finite(row.difference().interval().low()));
        difference.add(finite(row.difference().interval().high()));
        return new MethodRow(
                row.method(),
                label,
                family,
                row.cells().stream().map(ReportData::score).toList(),
                taskCells.stream().map(ReportData::score).toList(),
                score(row.mean()),
                difference,
                row.difference().hasFewPairs(),
                verdict,
                finite(row.bytes().requestedRatio()),
                finite(row.bytes().achievedRatio()),
                finite(row.bytes().perToken()),
                finite(row.bytes().readPerToken()),
                finite(row.bytes().state()),
                finite(row.bytes().cachePerToken()),
                finite(row.speed().compressSeconds()),
                finite(row.speed().prefillRate()),
                finite(row.speed().decodeRate()),
                finite(row.speed().decodeBatch()),
                front);
    }

    static Score score(SummaryTable.Cell cell) {
        return new Score(
                finite(cell.mean()),
                finite(cell.error()),
                finite(cell.interval().low()),
                finite(cell.interval().high()),
                cell.right(),
                cell.count());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}

package io.hayloft.report;

import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.LabelFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Findings.Finding;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.NonInferiority.Verdict;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Difference;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The summary of a run as a table with one row a method: rounded for people, with all digits for programs. */
public final class SummaryExport {
    private final SummaryTable table;
    private final boolean columns;
    private final Findings findings;
    private final Map<String, Finding> settings;
    private final Map<String, Long> failed;
    private final Map<String, String> labels;

    private SummaryExport(RunFolder run, Grouping by) {
        table = Statistics.by(run.records(), by);
        labels = LabelFile.of(run.path(), table.methods());
        columns = by != Grouping.METHOD;
        findings = Findings.of(run.records());
        settings = findings.settings().stream()
                .collect(Collectors.toMap(setting -> setting.row().method(), setting -> setting));
        failed = run.failures().stream()
                .map(FailedRecord::subject)
                .collect(Collectors.groupingBy(subject -> subject.method(), Collectors.counting()));
    }

    /** The table in a format of a file or another program. */
    public static ResultTable of(RunFolder run, Grouping by, TableFormat format) {
        var export = new SummaryExport(run, by);
        return switch (format) {
            case TABLE, MD, LATEX -> shown(export.table, export.columns, export.labels);
            case CSV, JSON, PARQUET -> export.values();
        };
    }

    /** The words for a verdict. */
    public static String words(Verdict verdict) {
        return switch (verdict) {
            case KEEPS -> "keeps";
            case LOSES -> "loses";
            case OPEN -> "cannot tell";
        };
    }

    /**
     * The rounded table.
     *
     * @param columns whether each category has a column
     * @param labels what a grid calls methods; they have a column if there are any
     */
    static ResultTable shown(SummaryTable table, boolean columns, Map<String, String> labels) {
        var names = new ArrayList<String>();
        names.add("method");
        if (!labels.isEmpty()) {
            names.add("label");
        }
        if (columns) {
            names.addAll(table.categories());
        }
        names.addAll(List.of("mean [95 %]", "against full [95 %]", "ratio", "bytes/token"));
        if (table.hasState()) {
            names.addAll(List.of("state bytes", "cache bytes/token"));
        }
        if (table.readsLess()) {
            names.add("read/step and token");
        }
        names.addAll(List.of("compress s", "prefill tok/s", "decode tok/s"));
        var rows = new ArrayList<List<@Nullable Object>>();
        for (var row : table.rows()) {
            var cells = cells(row, columns, table);
            if (!labels.isEmpty()) {
                cells.add(1, labels.getOrDefault(row.method(), ""));
            }
            rows.add(cells);
        }
        return new ResultTable(names, rows);
    }

    private static List<@Nullable Object> cells(Row row, boolean columns, SummaryTable table) {
        var cells = new ArrayList<@Nullable Object>();
        cells.add(row.method());
        if (columns) {
            row.cells().forEach(cell -> cells.add(Digits.score(cell)));
        }
        cells.add(Digits.mean(row.mean()));
        cells.add(row.isFull() ? "-" : difference(row.difference()));
        var bytes = row.bytes();
        cells.add(row.isOfServer() ? "-" : Digits.fixed(bytes.achievedRatio(), 1) + "×");
        cells.add(Digits.fixed(bytes.perToken(), 0));
        if (table.hasState()) {
            cells.add(Digits.fixed(bytes.state(), 0));
            cells.add(Digits.fixed(bytes.cachePerToken(), 0));
        }
        if (table.readsLess()) {
            cells.add(Digits.fixed(bytes.readPerToken(), 0));
        }
        cells.add(Digits.fixed(row.speed().compressSeconds(), 3));
        cells.add(Digits.fixed(row.speed().prefillRate(), 0));
        cells.add(Digits.fixed(row.speed().decodeRate(), 0));
        return cells;
    }

    /** A difference with its interval and what limits both. */
    public static String difference(Difference difference) {
        if (difference.pairs() == 0) {
            return "-";
        }
        var mean = Digits.difference(difference.mean());
        var interval = difference.interval();
        return interval.exists()
                ? mean + " [" + Digits.difference(interval.low()) + ", " + Digits.difference(interval.high()) + "]"
                        + (difference.hasFewPairs() ? " (few samples)" : "")
                : mean + " (no interval)";
    }

    private ResultTable values() {
        return ResultTable.of(table.rows().stream().map(this::fields).toList());
    }

    private Map<String, @Nullable Object> fields(Row row) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        var method = row.method();
        fields.put("method", method);
        if (!labels.isEmpty()) {
            fields.put("label", labels.get(method));
        }
        fields.put("n", row.mean().count());
        fields.put("score", finite(row.mean().mean()));
        fields.put("score_low", finite(row.mean().interval().low()));
        fields.put("score_high", finite(row.mean().interval().high()));
        for (int i = 0; columns && i < table.categories().size(); i++) {
            fields.put(table.categories().get(i), finite(row.cells().get(i).mean()));
        }
        var difference = row.difference();
        fields.put("difference", row.isFull() ? null : finite(difference.mean()));
        fields.put("low", row.isFull() ? null : finite(difference.interval().low()));
        fields.put("high", row.isFull() ? null : finite(difference.interval().high()));
        claims(fields, settings.get(method));
        var flips = findings.flips(method);
        fields.put("wins", flips.wins());
        fields.put("losses", flips.losses());
        fields.put("ties", flips.ties());
        fields.put("worst_5_percent", finite(flips.worst()));
        fields.put("length_ratio", finite(findings.lengths(method).ratio()));
        fields.put("truncated", findings.truncated(method));
        fields.put("failed", failed.getOrDefault(method, 0L));
        var bytes = row.bytes();
        fields.put("requested_ratio", finite(bytes.requestedRatio()));
        fields.put("achieved_ratio", finite(bytes.achievedRatio()));
        fields.put("stored_bytes_per_token", finite(bytes.perToken()));
        fields.put("state_bytes", finite(bytes.state()));
        fields.put("read_bytes_per_token", finite(bytes.readPerToken()));
        fields.put("compress_seconds", finite(row.speed().compressSeconds()));
        fields.put("prefill_tokens_per_second", finite(row.speed().prefillRate()));
        fields.put("decode_tokens_per_second", finite(row.speed().decodeRate()));
        return fields;
    }

    private static void claims(Map<String, @Nullable Object> fields, @Nullable Finding setting) {
        var loss = setting == null ? null : setting.loss();
        fields.put("verdict", loss == null ? null : words(loss.verdict()));
        fields.put("detectable_loss", loss == null ? null : finite(loss.detectable()));
        fields.put("needed_samples", loss == null || loss.needed() == 0 ? null : loss.needed());
    }

    /** A number that JSON can hold; null for none. */
    static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Cell;
import io.hayloft.report.stats.SummaryTable.Difference;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Means, errors, differences and warnings of a list of records. */
public final class Statistics {
    private Statistics() {}

    /** The table of a run; methods and categories in the order in which the records first name them. */
    public static SummaryTable summary(List<BenchRecord> records) {
        return summaryBy(records, BenchRecord::category);
    }

    /** The same table with a column for each task. */
    public static SummaryTable byTask(List<BenchRecord> records) {
        return summaryBy(records, BenchRecord::task);
    }

    /** The same table with a column for each prompt length, for records that name one. */
    public static SummaryTable byLength(List<BenchRecord> records) {
        return summaryByFacet(records, "length");
    }

    /** The same table with a column for each depth of a needle, for records that name one. */
    public static SummaryTable byDepth(List<BenchRecord> records) {
        return summaryByFacet(records, "depth");
    }

    /** One line for each result that should not be trusted without a second look. */
    public static List<String> warnings(List<BenchRecord> records) {
        return Warnings.of(summary(records), records);
    }

    private static SummaryTable summaryByFacet(List<BenchRecord> records, String facet) {
        var sorted = records.stream()
                .filter(record -> record.facets().get(facet) instanceof Number)
                .sorted((a, b) -> Double.compare(number(a, facet), number(b, facet)))
                .toList();
        return summaryBy(sorted, record -> String.valueOf(record.facets().get(facet)));
    }

    private static double number(BenchRecord record, String facet) {
        return record.facets().get(facet) instanceof Number value ? value.doubleValue() : Double.NaN;
    }

    private static SummaryTable summaryBy(List<BenchRecord> records, Function<BenchRecord, String> column) {
        var columns = List.copyOf(Groups.by(records, column).keySet());
        var methods = Groups.by(records, BenchRecord::method);
        var full = new HashMap<String, Double>();
        for (var record : methods.getOrDefault(Groups.FULL, List.of())) {
            full.put(Groups.pair(record), record.score());
        }
        var lengths = lengths(records);
        var rows = new ArrayList<Row>();
        methods.forEach((method, own) -> rows.add(row(method, own, columns, column, full, lengths)));
        return new SummaryTable(columns, rows);
    }

    /**
     * Tokens of each sample's prompt that the caches hold when they are measured: the question is not yet there where it
     * comes later. Of methods that shorten the prompt the whole one counts: they are not rewarded for reading less.
     */
    private static Map<String, Integer> lengths(List<BenchRecord> records) {
        var lengths = new HashMap<String, Integer>();
        for (var record : records) {
            lengths.merge(Groups.pair(record), record.compressAfter(), Math::max);
        }
        return lengths;
    }

    private static Row row(
            String method,
            List<BenchRecord> records,
            List<String> columns,
            Function<BenchRecord, String> column,
            Map<String, Double> full,
            Map<String, Integer> lengths) {
        var groups = Groups.by(records, column);
        var cells = new ArrayList<Cell>();
        for (var name : columns) {
            cells.add(Means.of(Groups.scores(groups.getOrDefault(name, List.of()))));
        }
        var ratio = records.getFirst().requestedRatio();
        double prompt = sum(records, BenchRecord::promptTokens);
        double bytes = sum(records, BenchRecord::cacheBytes);
        double tokens = sum(records, record -> lengths.getOrDefault(Groups.pair(record), record.compressAfter()));
        double steps = sum(records, BenchRecord::decodeSteps);
        return new Row(
                method,
                cells,
                Means.ofCells(cells),
                difference(groups, full),
                ratio == null ? Double.NaN : ratio,
                sum(records, BenchRecord::fullCacheBytes) / bytes,
                bytes / tokens,
                sum(records, BenchRecord::storedBytes) / tokens,
                sum(records, BenchRecord::compressSeconds) / records.size(),
                prompt / sum(records, BenchRecord::prefillSeconds),
                steps == 0 ? Double.NaN : steps / sum(records, BenchRecord::decodeSeconds));
    }

    private static Difference difference(Map<String, List<BenchRecord>> groups, Map<String, Double> full) {
        var differences = new LinkedHashMap<String, double[]>();
        groups.forEach((name, records) -> differences.put(
                name,
                records.stream()
                        .filter(record -> full.containsKey(Groups.pair(record)))
                        .mapToDouble(record -> record.score() - full.getOrDefault(Groups.pair(record), Double.NaN))
                        .toArray()));
        return Bootstrap.difference(differences.values());
    }

    private static double sum(List<BenchRecord> records, ToDoubleFunction<BenchRecord> value) {
        return records.stream().mapToDouble(value).sum();
    }
}

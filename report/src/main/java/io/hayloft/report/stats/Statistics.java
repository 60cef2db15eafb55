package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Bytes;
import io.hayloft.report.stats.SummaryTable.Row;
import io.hayloft.report.stats.SummaryTable.Speed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Means, intervals and differences of a list of records. */
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

    /** The same table with a column for each place of the question when methods compress. */
    public static SummaryTable byProtocol(List<BenchRecord> records) {
        return summaryBy(records, record -> record.subject().protocol());
    }

    /** The same table with a column for each prompt length, for records that name one. */
    public static SummaryTable byLength(List<BenchRecord> records) {
        return summaryByFacet(records, "length");
    }

    /** The same table with a column for each depth of a needle, for records that name one. */
    public static SummaryTable byDepth(List<BenchRecord> records) {
        return summaryByFacet(records, "depth");
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
        var full = Pairs.scores(methods.getOrDefault(Groups.FULL, List.of()));
        var lengths = lengths(records);
        var rows = new ArrayList<Row>();
        methods.forEach((method, own) -> {
            var groups = Groups.by(own, column);
            rows.add(new Row(
                    method,
                    columns.stream()
                            .map(name -> Cells.of(groups.getOrDefault(name, List.of()), column))
                            .toList(),
                    Cells.of(own, column),
                    Pairs.of(own, full, column).difference(),
                    bytes(own, lengths),
                    speed(own)));
        });
        return new SummaryTable(columns, rows);
    }

    /**
     * Tokens of each sample's prompt that the caches hold when they are measured: the question is not yet there where it
     * comes later. For methods that shorten the prompt all of it counts: they are not rewarded for reading less.
     */
    private static Map<String, Integer> lengths(List<BenchRecord> records) {
        var lengths = new HashMap<String, Integer>();
        for (var record : records) {
            lengths.merge(Groups.pair(record), record.compressAfter(), Math::max);
        }
        return lengths;
    }

    private static Bytes bytes(List<BenchRecord> records, Map<String, Integer> lengths) {
        var ratio = records.getFirst().requestedRatio();
        double stored = sum(records, BenchRecord::storedBytes);
        double tokens = sum(records, record -> lengths.getOrDefault(Groups.pair(record), record.compressAfter()));
        return new Bytes(
                ratio == null ? Double.NaN : ratio,
                sum(records, BenchRecord::fullCacheBytes) / stored,
                stored / tokens,
                sum(records, BenchRecord::readBytes) / tokens);
    }

    private static Speed speed(List<BenchRecord> records) {
        var decode = DecodeSpeed.of(records);
        return new Speed(
                sum(records, BenchRecord::compressSeconds) / records.size(),
                sum(records, BenchRecord::promptTokens) / sum(records, BenchRecord::prefillSeconds),
                decode.rate(),
                decode.batchRows());
    }

    private static double sum(List<BenchRecord> records, ToDoubleFunction<BenchRecord> value) {
        return records.stream().mapToDouble(value).sum();
    }
}

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
        return by(records, Grouping.CATEGORY);
    }

    /** The same table with other columns; means weigh all columns the same. */
    public static SummaryTable by(List<BenchRecord> records, Grouping grouping) {
        if (!grouping.isNumber()) {
            return summaryBy(records, grouping::column);
        }
        var facet = grouping.text();
        var sorted = records.stream()
                .filter(record -> record.facets().get(facet) instanceof Number)
                .sorted((a, b) -> Double.compare(number(a, facet), number(b, facet)))
                .toList();
        return summaryBy(sorted, grouping::column);
    }

    private static double number(BenchRecord record, String facet) {
        return record.facets().get(facet) instanceof Number value ? value.doubleValue() : Double.NaN;
    }

    /** The same table with the columns that a function puts records into, in the order in which they first appear. */
    public static SummaryTable summaryBy(List<BenchRecord> records, Function<BenchRecord, String> column) {
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
            if (record.isMeasured()) { // a server may count other tokens
                lengths.merge(Groups.pair(record), record.compressAfter(), Math::max);
            }
        }
        return lengths;
    }

    private static Bytes bytes(List<BenchRecord> records, Map<String, Integer> lengths) {
        if (!areMeasured(records)) {
            double unknown = Double.NaN;
            return new Bytes(unknown, unknown, unknown, unknown, unknown, unknown);
        }
        var ratio = records.getFirst().requestedRatio();
        double stored = sum(records, BenchRecord::storedBytes);
        double state = sum(records, BenchRecord::stateBytes);
        double tokens = sum(records, record -> lengths.getOrDefault(Groups.pair(record), record.compressAfter()));
        return new Bytes(
                ratio == null ? Double.NaN : ratio,
                sum(records, BenchRecord::fullCacheBytes) / stored,
                stored / tokens,
                sum(records, BenchRecord::readBytes) / tokens,
                state / records.size(),
                (stored - state) / tokens);
    }

    private static Speed speed(List<BenchRecord> records) {
        if (!areMeasured(records)) {
            return new Speed(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        var decode = DecodeSpeed.of(records);
        return new Speed(
                sum(records, BenchRecord::compressSeconds) / records.size(),
                sum(records, BenchRecord::promptTokens) / sum(records, BenchRecord::prefillSeconds),
                decode.rate(),
                decode.batchRows());
    }

    /** Returns whether sizes and times are known: all of a method's records come from the same place. */
    static boolean areMeasured(List<BenchRecord> records) {
        return records.stream().allMatch(BenchRecord::isMeasured);
    }

    private static double sum(List<BenchRecord> records, ToDoubleFunction<BenchRecord> value) {
        return records.stream().mapToDouble(value).sum();
    }
}

package io.hayloft.bench.report;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Scores of the needle by length and depth.
 *
 * @param lengths prompt lengths, ascending
 * @param depths depths of the needle from 0 (start) to 1 (end), ascending
 * @param scores mean score by method, depth and length; null where nothing ran
 */
record NeedleMap(List<Integer> lengths, List<Double> depths, List<List<List<@Nullable Double>>> scores) {
    /** Finer depths than this are put together, so that random depths still make a map. */
    private static final int STEPS = 10;

    /** The map of these methods; null if no record has a length and a depth. */
    static @Nullable NeedleMap of(List<BenchRecord> records, List<String> methods) {
        var needles = records.stream().filter(ReportData::hasDepth).toList();
        if (needles.isEmpty()) {
            return null;
        }
        var lengths = new TreeSet<Integer>();
        var exact = new TreeSet<Double>();
        for (var record : needles) {
            lengths.add(length(record));
            exact.add(depth(record));
        }
        boolean coarse = exact.size() > STEPS + 1;
        var depths = new TreeSet<Double>();
        exact.forEach(depth -> depths.add(coarse ? rounded(depth) : depth));

        var scores = new ArrayList<List<List<@Nullable Double>>>();
        for (var method : methods) {
            var own = needles.stream()
                    .filter(record -> record.method().equals(method))
                    .toList();
            var rows = new ArrayList<List<@Nullable Double>>();
            for (double depth : depths) {
                var row = new ArrayList<@Nullable Double>();
                for (int length : lengths) {
                    row.add(mean(own.stream()
                            .filter(record -> length(record) == length)
                            .filter(record -> (coarse ? rounded(depth(record)) : depth(record)) == depth)
                            .toList()));
                }
                rows.add(row);
            }
            scores.add(rows);
        }
        return new NeedleMap(List.copyOf(lengths), List.copyOf(depths), scores);
    }

    private static @Nullable Double mean(List<BenchRecord> records) {
        var mean = records.stream().mapToDouble(BenchRecord::score).average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }

    private static double rounded(double depth) {
        return Math.rint(depth * STEPS) / STEPS;
    }

    private static int length(BenchRecord record) {
        return record.facets().get("length") instanceof Number value ? value.intValue() : 0;
    }

    private static double depth(BenchRecord record) {
        return record.facets().get("depth") instanceof Number value ? value.doubleValue() : 0;
    }
}

package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.Digits;
import io.hayloft.tasks.Category;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Scores of the needle by length and depth.
 *
 * @param lengths prompt lengths, ascending
 * @param depths which depths of the needle each row holds, from the start (0 %) to the end: "25 %", or a range as
 *     "12.5–37.5 %"
 * @param scores mean score by method, depth and length; null where nothing ran
 * @param counts number of samples by method, depth and length
 */
record NeedleMap(
        List<Integer> lengths,
        List<String> depths,
        List<List<List<@Nullable Double>>> scores,
        List<List<List<Integer>>> counts) {
    /**
     * Depths are put together around the nearest multiple of a tenth, or of a quarter where samples are few: the first and
     * last row have half the range of the others.
     */
    private static final int[] STEPS = {10, 4};

    /** Samples that a cell should have on average. */
    private static final int FULL_CELL = 3;

    private static final String LENGTH = "length";
    private static final String DEPTH = "depth";

    /** The map of these methods; null if no record has a length and a depth. */
    static @Nullable NeedleMap of(List<BenchRecord> records, List<String> methods) {
        var needles = records.stream().filter(NeedleMap::hasDepth).toList();
        if (needles.isEmpty()) {
            return null;
        }
        var lengths = new TreeSet<Integer>();
        var samples = new HashSet<String>();
        for (var record : needles) {
            lengths.add(length(record));
            samples.add(record.task() + record.sample());
        }
        int steps = steps(needles, samples.size() / lengths.size());
        var depths = new TreeSet<Double>();
        needles.forEach(record -> depths.add(depth(record, steps)));

        var scores = new ArrayList<List<List<@Nullable Double>>>();
        var counts = new ArrayList<List<List<Integer>>>();
        for (var method : methods) {
            var own = needles.stream()
                    .filter(record -> record.method().equals(method))
                    .toList();
            var rows = new ArrayList<List<@Nullable Double>>();
            var countRows = new ArrayList<List<Integer>>();
            for (double depth : depths) {
                var row = new ArrayList<@Nullable Double>();
                var countRow = new ArrayList<Integer>();
                for (int length : lengths) {
                    var cell = own.stream()
                            .filter(record -> length(record) == length)
                            .filter(record -> depth(record, steps) == depth)
                            .toList();
                    row.add(mean(cell));
                    countRow.add(cell.size());
                }
                rows.add(row);
                countRows.add(countRow);
            }
            scores.add(rows);
            counts.add(countRows);
        }
        boolean exact = needles.stream().allMatch(record -> depth(record, 0) == depth(record, steps));
        var names = depths.stream()
                .map(depth -> exact ? percent(depth) + " %" : range(depth, steps))
                .toList();
        return new NeedleMap(List.copyOf(lengths), names, scores, counts);
    }

    /** The depths that are nearer to this one than to the next step. */
    private static String range(double depth, int steps) {
        return percent(Math.max(0, depth - 0.5 / steps)) + "–" + percent(Math.min(1, depth + 0.5 / steps)) + " %";
    }

    private static String percent(double share) {
        double percent = Math.rint(share * 1000) / 10;
        return Digits.fixed(percent, percent == Math.rint(percent) ? 0 : 1);
    }

    private static @Nullable Double mean(List<BenchRecord> records) {
        var mean = records.stream().mapToDouble(BenchRecord::score).average();
        return mean.isPresent() ? (Double) mean.getAsDouble() : null;
    }

    /** How many steps of depth the map has; 0 keeps the depths as they are. */
    private static int steps(List<BenchRecord> needles, int samplesOfLength) {
        long distinct = needles.stream()
                .map(record -> record.facets().get(DEPTH))
                .distinct()
                .count();
        if (distinct <= STEPS[1] + 1) {
            return 0;
        }
        return samplesOfLength >= FULL_CELL * STEPS[0] ? STEPS[0] : STEPS[1];
    }

    /** Other tasks may have depths too; the map is of needles alone. */
    private static boolean hasDepth(BenchRecord record) {
        return record.category().equals(Category.NEEDLE.label())
                && record.facets().get(DEPTH) instanceof Number
                && record.facets().get(LENGTH) instanceof Number;
    }

    private static int length(BenchRecord record) {
        return record.facets().get(LENGTH) instanceof Number value ? value.intValue() : 0;
    }

    private static double depth(BenchRecord record, int steps) {
        double depth = record.facets().get(DEPTH) instanceof Number value ? value.doubleValue() : 0;
        return steps == 0 ? depth : Math.rint(depth * steps) / steps;
    }
}

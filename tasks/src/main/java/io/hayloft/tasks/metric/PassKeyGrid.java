package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The averages of a pass-key grid: repeats to cells, cells to lengths and to one number, so that every cell counts
 * the same however many runs it has.
 *
 * @param cells mean by length, then by depth
 * @param lengths mean of the cells of each length
 * @param overall mean of all cells; 0 for an empty grid
 */
public record PassKeyGrid(Map<Integer, Map<Double, Double>> cells, Map<Integer, Double> lengths, double overall) {
    /** One run of the grid with its score. */
    public record Run(int length, double depth, double score) {}

    /** The averages of runs, in the order in which lengths and depths first occur. */
    public static PassKeyGrid of(List<Run> runs) {
        var cells = new LinkedHashMap<Integer, Map<Double, Double>>();
        var lengths = new LinkedHashMap<Integer, Double>();
        var all = new ArrayList<Double>();
        groups(runs, Run::length).forEach((length, ofLength) -> {
            var row = new LinkedHashMap<Double, Double>();
            groups(ofLength, Run::depth).forEach((depth, ofCell) -> row.put(depth, mean(ofCell, Run::score)));
            cells.put(length, row);
            all.addAll(row.values());
            lengths.put(length, mean(List.copyOf(row.values()), Double::doubleValue));
        });
        return new PassKeyGrid(cells, lengths, mean(all, Double::doubleValue));
    }

    /**
     * Evenly spaced points from the smallest to the largest, both among them; equal points count once.
     *
     * @param wholeNumbers whether points are rounded down
     */
    public static double[] points(double smallest, double largest, int count, boolean wholeNumbers) {
        var points = new double[count];
        for (int i = 0; i < count; i++) {
            double point = smallest + i * (largest - smallest) / Math.max(1, count - 1);
            points[i] = wholeNumbers ? Math.floor(point) : point;
        }
        return Arrays.stream(points).distinct().toArray();
    }

    private static <K> Map<K, List<Run>> groups(List<Run> runs, Function<Run, K> key) {
        return runs.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private static <T> double mean(List<T> items, ToDoubleFunction<T> value) {
        double sum = 0;
        for (var item : items) {
            sum += value.applyAsDouble(item);
        }
        return items.isEmpty() ? 0 : sum / items.size();
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Scores of several methods on the samples that all of them ran, stratified and clustered as {@link Strata}, so that a draw
 * of samples is the same for all methods.
 */
final class JointScores {
    private final List<Category> categories;
    private final int rows;

    /**
     * One category.
     *
     * @param sums [cluster][row] sums of scores
     * @param sizes samples of each cluster
     */
    private record Category(double[][] sums, int[] sizes) {}

    private JointScores(List<Category> categories, int rows) {
        this.categories = categories;
        this.rows = rows;
    }

    /** Scores of the first method and the others, in this order. */
    static JointScores of(List<BenchRecord> first, List<? extends List<BenchRecord>> others) {
        var scores = others.stream().map(Pairs::scores).toList();
        var clusters = new LinkedHashMap<String, Map<String, List<double[]>>>();
        for (var record : first) {
            var pair = Groups.pair(record);
            if (scores.stream().allMatch(row -> row.containsKey(pair))) {
                var values = new double[others.size() + 1];
                values[0] = record.score();
                for (int i = 0; i < scores.size(); i++) {
                    values[i + 1] = scores.get(i).getOrDefault(pair, Double.NaN);
                }
                clusters.computeIfAbsent(record.category(), any -> new LinkedHashMap<>())
                        .computeIfAbsent(Groups.cluster(record), any -> new ArrayList<>())
                        .add(values);
            }
        }
        var categories = clusters.values().stream()
                .map(category -> new Category(
                        category.values().stream().map(JointScores::sum).toArray(double[][]::new),
                        category.values().stream().mapToInt(List::size).toArray()))
                .toList();
        return new JointScores(categories, others.size() + 1);
    }

    /** Scores of one category whose samples are clusters of their own: [sample][row]. */
    static JointScores of(double[][] scores) {
        var sizes = IntStream.range(0, scores.length).map(any -> 1).toArray();
        return new JointScores(List.of(new Category(scores, sizes)), scores[0].length);
    }

    private static double[] sum(List<double[]> samples) {
        var sum = new double[samples.getFirst().length];
        for (var sample : samples) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += sample[i];
            }
        }
        return sum;
    }

    /** Number of methods. */
    int rows() {
        return rows;
    }

    /** Number of samples. */
    int count() {
        return categories.stream()
                .flatMapToInt(category -> IntStream.of(category.sizes()))
                .sum();
    }

    /** Returns whether every category has the two clusters that an interval needs. */
    boolean hasInterval() {
        return categories.stream().allMatch(category -> category.sizes().length >= 2);
    }

    /** Mean score of each method, categories weighing the same. */
    double[] means() {
        var means = new double[rows];
        for (var category : categories) {
            add(means, category, IntStream.range(0, category.sizes().length).toArray());
        }
        return means;
    }

    /**
     * The same for samples drawn again, clusters within each category.
     *
     * @param lost how many samples to draw from in addition, all of them right with the first method alone; less than one is a
     *     chance of one
     */
    double[] drawn(SplittableRandom random, double lost) {
        var means = new double[rows];
        for (var category : categories) {
            int clusters = category.sizes().length;
            double chance = lost / (lost + (double) clusters * categories.size());
            var drawn = new int[clusters];
            for (int i = 0; i < clusters; i++) {
                boolean isLost = lost > 0 && random.nextDouble() < chance;
                int cluster = random.nextInt(clusters);
                drawn[i] = isLost ? -1 - cluster : cluster;
            }
            add(means, category, drawn);
        }
        return means;
    }

    /** Adds the means of clusters; those below zero are as large as cluster -1 - number and right with the first method alone. */
    private void add(double[] means, Category category, int[] clusters) {
        var sums = new double[rows];
        int count = 0;
        for (int cluster : clusters) {
            int size = category.sizes()[cluster < 0 ? -1 - cluster : cluster];
            count += size;
            if (cluster < 0) {
                sums[0] += size;
                continue;
            }
            var values = category.sums()[cluster];
            for (int row = 0; row < rows; row++) {
                sums[row] += values[row];
            }
        }
        for (int row = 0; row < rows; row++) {
            means[row] += sums[row] / count / categories.size();
        }
    }
}

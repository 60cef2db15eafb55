package io.hayloft.report.stats;

import io.hayloft.report.stats.SummaryTable.Difference;
import java.util.Arrays;
import java.util.Collection;
import java.util.SplittableRandom;

/**
 * Interval of a mean difference by drawing pairs again: within each category, so that every category keeps its weight.
 * Deterministic: the same differences give the same interval.
 */
final class Bootstrap {
    private static final int DRAWS = 2000;
    private static final long SEED = 20240701;

    private Bootstrap() {}

    /**
     * Mean over categories of their mean differences, with a 95 % percentile interval.
     *
     * @param categories paired differences of each category; empty ones are left out
     */
    static Difference difference(Collection<double[]> categories) {
        var groups = categories.stream().filter(group -> group.length > 0).toList();
        int pairs = groups.stream().mapToInt(group -> group.length).sum();
        if (pairs == 0) {
            return new Difference(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        double mean = 0;
        for (var group : groups) {
            mean += Arrays.stream(group).sum() / group.length / groups.size();
        }
        if (groups.stream().allMatch(group -> group.length == 1)) {
            return new Difference(mean, Double.NaN, Double.NaN, pairs); // drawing again would give the same every time
        }
        var random = new SplittableRandom(SEED);
        var means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (var group : groups) {
                sum += drawnMean(group, random) / groups.size();
            }
            means[draw] = sum;
        }
        Arrays.sort(means);
        return new Difference(mean, quantile(means, 0.025), quantile(means, 0.975), pairs);
    }

    private static double drawnMean(double[] group, SplittableRandom random) {
        double sum = 0;
        for (int i = 0; i < group.length; i++) {
            sum += group[random.nextInt(group.length)];
        }
        return sum / group.length;
    }

    /** Quantile of sorted values, between neighbours in proportion. */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}

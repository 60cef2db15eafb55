package io.hayloft.report.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values of a sample that is stratified by category and clustered by context: scores, or paired differences of scores.
 * Categories weigh the same; questions about one context are one cluster, as their results are not independent.
 *
 * @param strata one for each category that has values
 */
record Strata(List<Stratum> strata) {
    Strata {
        strata = List.copyOf(strata);
    }

    /**
     * Values of one category.
     *
     * @param sums sum of the values of each cluster
     * @param sizes number of values of each cluster
     */
    record Stratum(double[] sums, int[] sizes) {
        int clusters() {
            return sums.length;
        }

        int count() {
            return Arrays.stream(sizes).sum();
        }

        double mean() {
            return Arrays.stream(sums).sum() / count();
        }

        /** Squared standard error of the mean, by the spread of the clusters; NaN with fewer than two. */
        double squaredError() {
            if (clusters() < 2) {
                return Double.NaN;
            }
            double mean = mean();
            double squares = 0;
            for (int j = 0; j < sums.length; j++) {
                double deviation = sums[j] - mean * sizes[j];
                squares += deviation * deviation;
            }
            double count = count();
            return squares / (count * count) * clusters() / (clusters() - 1);
        }

        /** Each cluster's part of the mean: the mean of these is the mean of the values. */
        double[] parts() {
            double scale = (double) clusters() / count();
            return Arrays.stream(sums).map(sum -> sum * scale).toArray();
        }

        /** The largest cluster's part of the mean if each of its values were 1. */
        double largestPart() {
            return Arrays.stream(sizes).max().orElse(0) * (double) clusters() / count();
        }
    }

    /** Every value a cluster of its own; categories without values are left out. */
    static Strata of(Collection<double[]> categories) {
        var strata = new ArrayList<Stratum>();
        for (var values : categories) {
            if (values.length > 0) {
                var sizes = new int[values.length];
                Arrays.fill(sizes, 1);
                strata.add(new Stratum(values.clone(), sizes));
            }
        }
        return new Strata(strata);
    }

    /** Collects values by category and cluster. */
    static final class Builder {
        private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

        void add(String category, String cluster, double value) {
            values.computeIfAbsent(category, name -> new LinkedHashMap<>())
                    .computeIfAbsent(cluster, name -> new ArrayList<>())
                    .add(value);
        }

        Strata build() {
            return new Strata(values.values().stream()
                    .map(clusters -> new Stratum(
                            clusters.values().stream()
                                    .mapToDouble(list -> list.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .sum())
                                    .toArray(),
                            clusters.values().stream().mapToInt(List::size).toArray()))
                    .toList());
        }
    }

    int count() {
        return strata.stream().mapToInt(Stratum::count).sum();
    }

    /** Mean of the categories' means; NaN without values. */
    double mean() {
        return strata.stream().mapToDouble(Stratum::mean).average().orElse(Double.NaN);
    }

    /** Standard error of the mean; NaN where it has no interval. */
    double error() {
        return Math.sqrt(strata.stream().mapToDouble(Stratum::squaredError).sum()) / strata.size();
    }

    /** Returns whether every category has the two clusters that an interval needs. */
    boolean hasInterval() {
        return !strata.isEmpty() && strata.stream().allMatch(stratum -> stratum.clusters() >= 2);
    }

    /** Returns whether the values of every category differ by more than rounding. */
    boolean allVary() {
        return strata.stream().allMatch(stratum -> stratum.squaredError() > 1e-14);
    }

    /** Returns whether all categories have the same number of values, each a cluster of its own, so that all values weigh the same. */
    boolean isBalanced() {
        return strata.stream()
                        .allMatch(
                                stratum -> stratum.count() == strata.getFirst().count())
                && strata.stream().allMatch(stratum -> stratum.clusters() == stratum.count());
    }

    Strata negated() {
        return new Strata(strata.stream()
                .map(stratum -> new Stratum(
                        Arrays.stream(stratum.sums()).map(sum -> -sum).toArray(), stratum.sizes()))
                .toList());
    }
}

package io.hayloft.report.stats;

import io.hayloft.report.stats.Strata.Stratum;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Test of a mean of bounded values against a hypothesis, and the bound that follows from it: z = (mean - hypothesis) /
 * error, the error taken from the distribution that fits the values best among those whose mean is the hypothesis. That
 * distribution may hold values that were never seen, down to the least possible one, so values that are all equal do not
 * make a bound narrower than their number allows, where drawing them again would show no error at all.
 *
 * <p>For a share of right answers the bounds are Wilson's, for a paired difference of right and wrong those of Tango
 * (1998, Equivalence test and confidence interval for the difference in proportions for the paired-sample design); graded
 * scores take the best distribution from the empirical likelihood (Owen 1988, Empirical likelihood ratio confidence
 * intervals for a single functional). Categories weigh the same; the error counts n / (n - 1) as much, as the mean of each
 * category is estimated, too.
 */
final class ScoreTest {
    private static final int STEPS = 60;

    /** Logarithm of a pull that leaves nothing above the least value, and whose inverse moves nothing. */
    private static final double MOST_PULL = 40;

    private final Parts[] categories;
    private final double mean;
    private final double step;

    /**
     * The clusters of one category: how far each distinct part lies above the least possible one, and how many have it.
     *
     * @param total clusters of the category
     */
    private record Parts(double least, double[] distances, int[] counts, int total) {
        static Parts of(Stratum stratum, double least) {
            double lowest = least * stratum.largestPart();
            var counts = new TreeMap<Double, Integer>();
            for (double part : stratum.parts()) {
                counts.merge(Math.max(0, part - lowest), 1, Integer::sum);
            }
            return new Parts(
                    lowest,
                    counts.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
                    counts.values().stream().mapToInt(Integer::intValue).toArray(),
                    stratum.clusters());
        }
    }

    /**
     * A test of these values, none of which can be below {@code least}.
     *
     * @param continuity whether to shift the mean by half of what one value can change, so that the test keeps its level
     *     although results come in steps; for claims, while intervals that are shown are right on average without
     */
    ScoreTest(Strata values, double least, boolean continuity) {
        var strata = values.strata();
        categories = strata.stream().map(stratum -> Parts.of(stratum, least)).toArray(Parts[]::new);
        mean = values.mean();
        double largest = strata.stream()
                .mapToDouble(stratum -> stratum.largestPart() / stratum.clusters())
                .max()
                .orElse(0);
        step = continuity ? largest / (2 * strata.size()) : 0;
    }

    /** p value of the hypothesis that the true mean is at most {@code hypothesis}. */
    double pValue(double hypothesis) {
        if (!(mean - step > hypothesis)) {
            return 1; // above one half: nothing speaks against it
        }
        double high = bisect(fit -> fit.mean <= hypothesis);
        return 1 - Normal.cdf((mean - step - hypothesis) / Math.sqrt(fit(high).variance));
    }

    /** Lower end of a one-sided interval: no smaller mean is rejected at the level whose normal quantile is {@code z}. */
    double lower(double z) {
        // more than rounding: values that are all equal have no error until the fit leaves them
        return fit(bisect(fit -> mean - step - fit.mean - z * Math.sqrt(fit.variance) > 1e-12)).mean;
    }

    /** Smallest pull whose fit meets a condition that all stronger ones meet, too. */
    private double bisect(Predicate<Fit> condition) {
        double low = -MOST_PULL;
        double high = MOST_PULL;
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (condition.test(fit(middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /** Mean of a fitted distribution, and variance of the mean of samples drawn from it. */
    private record Fit(double mean, double variance) {}

    /** The fit whose mean is pulled down with a multiplier (of the constraint on the mean) of e^{@code logPull}. */
    private Fit fit(double logPull) {
        double pull = Math.exp(logPull);
        double sum = 0;
        double variance = 0;
        for (var category : categories) {
            double base = base(category, pull);
            double first = 0;
            double second = 0;
            for (int i = 0; i < category.distances.length; i++) {
                double distance = category.distances[i];
                double moment = category.counts[i] * distance / (base + pull * distance);
                first += moment;
                second += moment * distance;
            }
            sum += category.least + first; // what the weights lack to 1 lies at the least value, at distance 0
            variance += (second - first * first) / (category.total - 1);
        }
        return new Fit(sum / categories.length, variance / ((double) categories.length * categories.length));
    }

    /**
     * The number that makes the weights 1 / (base + pull x distance) sum to 1; 0 where they sum to less even so. Newton's
     * steps from the left never pass the root of the falling, convex sum.
     */
    private static double base(Parts category, double pull) {
        double distances = 0;
        for (int i = 0; i < category.distances.length; i++) {
            distances += category.counts[i] * category.distances[i];
        }
        int atLeast = category.distances[0] == 0 ? category.counts[0] : 0;
        double base = Math.max(atLeast, category.total - pull * distances / category.total);
        for (int i = 0; i < STEPS; i++) {
            double sum = 0;
            double slope = 0;
            for (int j = 0; j < category.distances.length; j++) {
                double weight = 1 / (base + pull * category.distances[j]);
                sum += category.counts[j] * weight;
                slope += category.counts[j] * weight * weight;
            }
            if (sum <= 1 + 1e-13) {
                break;
            }
            base += (sum - 1) / slope;
        }
        return base;
    }
}

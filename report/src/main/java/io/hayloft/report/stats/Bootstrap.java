package io.hayloft.report.stats;

import io.hayloft.report.stats.Strata.Stratum;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Interval of a mean by drawing its samples again: clusters within each category, so that categories keep their weight.
 * From 20 samples on the interval is bias-corrected and accelerated (BCa), below it is the percentiles of the draws.
 * Deterministic: the same values give the same interval.
 *
 * @see <a href="https://doi.org/10.1080/01621459.1987.10478410">Efron 1987, Better Bootstrap Confidence Intervals</a>
 */
final class Bootstrap {
    private static final int DRAWS = 10_000;
    private static final int FEWEST_DRAWS = 2_000;

    /** Values drawn in all: long runs, which need fewer draws as their means spread less, take fewer. */
    private static final long WORK = 2_000_000;

    /** Fewest samples for which skewness can be estimated. */
    static final int ENOUGH = 20;

    private static final long SEED = 20240701;

    private Bootstrap() {}

    /** Two-sided interval that leaves out {@code tail} on each side; none where a category has fewer than two clusters. */
    static Interval interval(Strata values, double tail) {
        if (!values.hasInterval()) {
            return Interval.NONE;
        }
        var means = draws(values);
        Arrays.sort(means);
        if (values.count() < ENOUGH) {
            return new Interval(quantile(means, tail), quantile(means, 1 - tail));
        }
        double bias = bias(means, values.mean());
        double acceleration = acceleration(values);
        return new Interval(
                quantile(means, adjusted(tail, bias, acceleration)),
                quantile(means, adjusted(1 - tail, bias, acceleration)));
    }

    private static double[] draws(Strata values) {
        var random = new SplittableRandom(SEED);
        var means = new double[Math.clamp(WORK / values.count(), FEWEST_DRAWS, DRAWS)];
        for (int draw = 0; draw < means.length; draw++) {
            double sum = 0;
            for (var stratum : values.strata()) {
                sum += drawnMean(stratum, random);
            }
            means[draw] = sum / values.strata().size();
        }
        return means;
    }

    private static double drawnMean(Stratum stratum, SplittableRandom random) {
        double sum = 0;
        int count = 0;
        for (int j = 0; j < stratum.clusters(); j++) {
            int drawn = random.nextInt(stratum.clusters());
            sum += stratum.sums()[drawn];
            count += stratum.sizes()[drawn];
        }
        return sum / count;
    }

    /** How far the mean lies from the median of the draws, in standard deviations of the normal distribution. */
    private static double bias(double[] sorted, double mean) {
        double below = 0;
        for (double drawn : sorted) {
            below += drawn < mean - 1e-12 ? 1 : drawn <= mean + 1e-12 ? 0.5 : 0;
        }
        double share = below / sorted.length;
        return share <= 0 || share >= 1 ? 0 : Normal.quantile(share);
    }

    /** A sixth of the skewness of what each cluster adds to the mean, for several samples (Efron 1987, section 7). */
    private static double acceleration(Strata values) {
        double squares = 0;
        double cubes = 0;
        for (var stratum : values.strata()) {
            double mean = stratum.mean();
            for (int j = 0; j < stratum.clusters(); j++) {
                double influence = (stratum.sums()[j] - mean * stratum.sizes()[j]) / stratum.count();
                squares += influence * influence;
                cubes += influence * influence * influence;
            }
        }
        return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
    }

    private static double adjusted(double share, double bias, double acceleration) {
        double z = bias + Normal.quantile(share);
        return Normal.cdf(bias + z / (1 - acceleration * z));
    }

    /** Quantile of sorted values, between neighbours in proportion. */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}

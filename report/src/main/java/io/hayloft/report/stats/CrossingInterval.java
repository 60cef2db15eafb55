package io.hayloft.report.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * The 90 % interval of a lossless ratio, by drawing the samples again, the same ones for the full cache and all ratios. Two
 * things that plain quantiles of the drawn ratios miss are put right:
 *
 * <ul>
 *   <li>Samples that lost nothing draw no loss, however few they are. So the lower end counts a quarter of a sample more, which
 *       all ratios lose.
 *   <li>Chance lets the first ratios lose a little, and where the score then stays, the first crossing is found too early. So the
 *       upper end is at least the last ratio at which a one-sided test at 5 % leaves the loss within the margin.
 * </ul>
 */
final class CrossingInterval {
    private static final int DRAWS = 2_000;
    private static final int FEWEST_DRAWS = 500;
    private static final long WORK = 2_000_000;
    private static final double TAIL = 0.05;
    private static final double LOST = 0.25;
    private static final long SEED = 20240702;

    private final double[] logs;
    private final double[][] means;
    private final double[][] lower;
    private final double[] most;

    /**
     * Draws samples.
     *
     * @param logs logarithms of the ratios, 0 for the full cache first
     */
    CrossingInterval(double[] logs, JointScores scores) {
        this.logs = logs;
        var random = new SplittableRandom(SEED);
        int count = Math.clamp(WORK / ((long) scores.count() * scores.rows()), FEWEST_DRAWS, DRAWS);
        means = new double[count][];
        lower = new double[count][];
        for (int i = 0; i < count; i++) {
            means[i] = scores.drawn(random, 0);
            lower[i] = scores.drawn(random, LOST);
        }
        most = new double[logs.length];
        for (int row = 1; row < most.length; row++) {
            int setting = row;
            most[row] = Bootstrap.quantile(sorted(means, one -> one[setting] - one[0]), 1 - TAIL);
        }
    }

    /** The interval for this loss, of the logarithm of the ratio. */
    Interval at(double margin) {
        double low = Bootstrap.quantile(sorted(lower, one -> Sweep.crossing(logs, one, margin)), TAIL);
        double high = Bootstrap.quantile(sorted(means, one -> Sweep.crossing(logs, one, margin)), 1 - TAIL);
        return new Interval(low, Math.max(high, lastWithin(margin)));
    }

    private static double[] sorted(double[][] draws, ToDoubleFunction<double[]> value) {
        return Arrays.stream(draws).mapToDouble(value).sorted().toArray();
    }

    /** Where the largest difference that is not rejected falls below the margin for good. */
    private double lastWithin(double margin) {
        int last = most.length - 1;
        while (most[last] < -margin) {
            last--; // ends at the full cache, whose difference is 0
        }
        if (last == most.length - 1) {
            return logs[last];
        }
        double share = (most[last] + margin) / (most[last] - most[last + 1]);
        return logs[last] + share * (logs[last + 1] - logs[last]);
    }
}

package io.hayloft.report.stats;

/** Intervals and tests of answers that are either right or wrong. */
final class RightWrong {
    private RightWrong() {}

    /**
     * Score interval of a share of right answers; it has a width also where all are right or all wrong.
     *
     * @param right right answers
     * @param count all answers
     * @param z normal quantile of the level, 1.96 for a two-sided 95 % interval
     * @see <a href="https://doi.org/10.1080/01621459.1927.10502953">Wilson 1927, Probable Inference</a>
     */
    static Interval wilson(int right, int count, double z) {
        if (count == 0) {
            return Interval.NONE;
        }
        double share = (double) right / count;
        double square = z * z / count;
        double centre = (share + square / 2) / (1 + square);
        double half = z / (1 + square) * Math.sqrt(share * (1 - share) / count + square / (4 * count));
        // exactly 0 and 1, where rounding would leave a remainder
        return new Interval(right == 0 ? 0 : centre - half, right == count ? 1 : centre + half);
    }

    /**
     * How often two methods answered the same samples right.
     *
     * @param both samples that both answered right
     * @param first samples that only the first answered right
     * @param second samples that only the second answered right
     * @param neither samples that both answered wrong
     */
    record Counts(int both, int first, int second, int neither) {
        int total() {
            return both + first + second + neither;
        }
    }

    /**
     * Interval of the difference of two shares of right answers, first minus second, to the same samples: the Wilson
     * intervals of both shares joined by squaring and adding, with a correction for their correlation (method 10).
     *
     * @param z normal quantile of the level, 1.96 for a two-sided 95 % interval
     * @see <a href="https://doi.org/10.1002/(SICI)1097-0258(19981130)17:22%3C2635::AID-SIM954%3E3.0.CO;2-C">Newcombe
     *     1998, Improved confidence intervals for the difference between binomial proportions based on paired data</a>
     */
    static Interval newcombe(Counts counts, double z) {
        int n = counts.total();
        int right1 = counts.both() + counts.first();
        int right2 = counts.both() + counts.second();
        var wilson1 = wilson(right1, n, z);
        var wilson2 = wilson(right2, n, z);
        double share1 = (double) right1 / n;
        double share2 = (double) right2 / n;
        double phi = correlation(counts, right1, right2);
        double low = join(share1 - wilson1.low(), wilson2.high() - share2, phi);
        double high = join(wilson1.high() - share1, share2 - wilson2.low(), phi);
        return new Interval(share1 - share2 - low, share1 - share2 + high);
    }

    private static double join(double one, double other, double phi) {
        return Math.sqrt(Math.max(0, one * one - 2 * phi * one * other + other * other));
    }

    /** Correlation of the two results, with Newcombe's continuity correction where it is positive. */
    private static double correlation(Counts counts, int right1, int right2) {
        double n = counts.total();
        double product = right1 * (n - right1) * right2 * (n - right2);
        if (product == 0) {
            return 0;
        }
        double agreement = (double) counts.both() * counts.neither() - (double) counts.first() * counts.second();
        return (agreement > 0 ? Math.max(agreement - n / 2, 0) : agreement) / Math.sqrt(product);
    }

    /**
     * One-sided p value of the exact test that a method is right more often than another on the same samples: the chance
     * of {@code only} or more of the discordant samples if each fell to either method alike.
     *
     * @param only samples that only this method answered right
     * @param other samples that only the other answered right
     * @see <a href="https://doi.org/10.1007/BF02295996">McNemar 1947, Note on the sampling error of the difference
     *     between correlated proportions</a>
     */
    static double mcNemar(int only, int other) {
        int discordant = only + other;
        // from the far end of the tail: logarithms, as 0.5^n of a long run is below the smallest double
        double logProbability = -discordant * Math.log(2);
        double sum = 0;
        for (int k = 0; k <= other; k++) {
            sum += Math.exp(logProbability);
            logProbability += Math.log((double) (discordant - k) / (k + 1));
        }
        return Math.min(1, sum);
    }
}

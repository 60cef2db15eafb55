package io.hayloft.tasks.metric;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** From the scores of samples (0 to 1) to the score of a data set (0 to 100, two decimals). */
public final class DatasetScore {
    private DatasetScore() {}

    /** The official score of LongBench: 100 times the sum in row order over the number of rows, rounded as {@link #round} does. */
    public static double of(double[] scores) {
        double total = 0;
        for (double score : scores) {
            total += score;
        }
        return of(total, scores.length);
    }

    /** The official score of RULER and kvpress: the mean, then times 100. The order of operations decides some last digits. */
    public static double ofMean(double[] scores) {
        double total = 0;
        for (double score : scores) {
            total += score;
        }
        return round(total / scores.length * 100);
    }

    /** The score of LongBench from a sum and a number of rows, which must not be 0. */
    public static double of(double total, int count) {
        if (count <= 0) {
            throw new IllegalArgumentException("a score needs at least one sample");
        }
        return round(100 * total / count);
    }

    /** To two decimals from the exact binary value, halves to even. */
    public static double round(double value) {
        return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).doubleValue();
    }
}

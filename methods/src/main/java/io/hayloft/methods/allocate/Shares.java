package io.hayloft.methods.allocate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Whole numbers in proportion to weights. */
final class Shares {
    private Shares() {}

    /**
     * Divides a total in proportion to weights: each share is rounded down, and the largest remainders get one more, the
     * earlier ones first where remainders are equal.
     *
     * @param weights positive
     * @return numbers that add up to the total
     */
    static long[] divide(long total, double[] weights) {
        double sum = Arrays.stream(weights).sum();
        var shares = new long[weights.length];
        var remainders = new double[weights.length];
        long left = total;
        for (int i = 0; i < weights.length; i++) {
            double exact = total * weights[i] / sum;
            shares[i] = (long) Math.floor(exact);
            remainders[i] = exact - shares[i];
            left -= shares[i];
        }
        var order = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -remainders[i]))
                .toList();
        for (int i = 0; i < left; i++) {
            shares[order.get(i)]++;
        }
        return shares;
    }
}

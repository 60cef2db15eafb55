package io.hayloft.bench.speed;

import java.util.Arrays;

/**
 * Seconds of each repetition.
 *
 * @param seconds at least one, in the order in which they were taken
 */
public record Timings(double[] seconds) {
    /** Copies the array. */
    public Timings {
        if (seconds.length == 0) {
            throw new IllegalArgumentException("no repetition");
        }
        seconds = seconds.clone();
    }

    @Override
    public double[] seconds() {
        return seconds.clone();
    }

    /** Speeds for an amount of work in each repetition: {@code amount / seconds}. */
    public double[] speeds(double amount) {
        return Arrays.stream(seconds).map(time -> amount / time).toArray();
    }

    /** Arithmetic mean. */
    public static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** Standard deviation of the sample (n - 1 below the line); 0 for a single value. */
    public static double sd(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /** The value in the middle, or the mean of the two there. */
    public static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Timings that && Arrays.equals(seconds, that.seconds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(seconds);
    }
}

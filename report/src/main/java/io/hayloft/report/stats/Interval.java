package io.hayloft.report.stats;

/**
 * A confidence interval.
 *
 * @param low lower end; NaN where there are too few samples for an interval
 * @param high upper end; NaN likewise
 */
public record Interval(double low, double high) {
    /** No interval: too few samples. */
    static final Interval NONE = new Interval(Double.NaN, Double.NaN);

    /** Returns whether there are enough samples for an interval. */
    public boolean exists() {
        return !Double.isNaN(low);
    }
}

package io.hayloft.report.stats;

/** The standard normal distribution. */
final class Normal {
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    /** Beyond this many standard deviations a tail holds less than 1e-15. */
    private static final double FAR = 8;

    private Normal() {}

    /**
     * Probability of a value up to {@code x}, with an absolute error below 1e-14.
     *
     * @see <a href="https://doi.org/10.18637/jss.v011.i04">Marsaglia 2004, Evaluating the Normal Distribution</a>
     */
    static double cdf(double x) {
        if (x < -FAR) {
            return 0;
        }
        if (x > FAR) {
            return 1;
        }
        double sum = x;
        double previous = 0;
        double power = x;
        for (int i = 3; sum != previous; i += 2) {
            previous = sum;
            power *= x * x / i;
            sum += power;
        }
        return 0.5 + sum * Math.exp(-0.5 * x * x - HALF_LOG_TWO_PI);
    }

    /** The value that a share {@code p} of the distribution lies below; 0 < p < 1. */
    static double quantile(double p) {
        double low = -FAR;
        double high = FAR;
        while (high - low > 1e-12) {
            double middle = (low + high) / 2;
            if (cdf(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}

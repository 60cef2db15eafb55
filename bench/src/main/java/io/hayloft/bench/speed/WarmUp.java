package io.hayloft.bench.speed;

/**
 * Decides when a test has been run often enough to be timed. The JIT compiler replaces the code of a kernel several times
 * while it runs, each time by a much faster one, and works beside it for a while before.
 *
 * <p>Repetitions are counted in rounds of half a second or more, since a few milliseconds say nothing. A test is warm
 * when two rounds in a row went equally fast and the compiler was at rest in the second.
 */
final class WarmUp {
    /** Rounds agree if their repetitions differ by less than this share on average. */
    static final double AGREEMENT = 0.03;

    /** The compiler is at rest if it worked for less than this share of a round. */
    static final double AT_REST = 0.05;

    /** A round ends with the repetition that goes beyond. */
    static final double ROUND_SECONDS = 0.5;

    private final double longestSeconds;
    private double seconds;
    private double compilerSeconds;
    private int repetitions;
    private double previousMean = Double.NaN;
    private double total;

    /**
     * The rule for one test.
     *
     * @param longestSeconds afterwards the test is timed as it is, on a machine that never gets steady
     */
    WarmUp(double longestSeconds) {
        this.longestSeconds = longestSeconds;
    }

    /**
     * Adds an untimed repetition.
     *
     * @param took seconds of the repetition
     * @param compilerTook seconds that the compiler worked since the repetition before
     * @return whether the next one may be timed
     */
    boolean add(double took, double compilerTook) {
        total += took;
        seconds += took;
        compilerSeconds += compilerTook;
        repetitions++;
        return (seconds >= ROUND_SECONDS && endRound()) || total >= longestSeconds;
    }

    private boolean endRound() {
        double mean = seconds / repetitions;
        boolean agrees = Math.abs(mean - previousMean) < AGREEMENT * Math.max(mean, previousMean);
        boolean atRest = compilerSeconds < AT_REST * seconds;
        previousMean = mean;
        seconds = 0;
        compilerSeconds = 0;
        repetitions = 0;
        return agrees && atRest;
    }
}

package io.hayloft.bench.speed;

/**
 * The gain of a test from more threads.
 *
 * @param speedup median tokens a second over those of the fewest threads that were measured
 * @param factor how many times as many threads it had, above 1
 */
public record Scaling(double speedup, double factor) {

    /**
     * Compares two results of the same test.
     *
     * @param fewer the one with fewer threads
     */
    public static Scaling of(SpeedResult fewer, SpeedResult more) {
        double speedup = Timings.median(more.tokensPerSecond()) / Timings.median(fewer.tokensPerSecond());
        return new Scaling(
                speedup, (double) more.limits().threads() / fewer.limits().threads());
    }

    /** Share of the speed-up that as many times the threads could bring: 1 if nothing is lost. */
    public double efficiency() {
        return speedup / factor;
    }

    /**
     * The share of the work that would have to be serial to explain the speed-up by Amdahl's law alone: {@code (1/s - 1/p) /
     * (1 - 1/p)} (Karp and Flatt, 1990). Waiting for memory and for each other counts as such. 0 or less if nothing is lost.
     */
    public double serialShare() {
        return (1 / speedup - 1 / factor) / (1 - 1 / factor);
    }
}

package io.hayloft.bench.speed;

import io.hayloft.kernels.machine.MachineLimits;

/**
 * The result of a test.
 *
 * @param test what was measured
 * @param backend what multiplied matrices in prefills
 * @param timings of the repetitions, each of which processes {@code batch * tokens} tokens
 * @param weightBytes bytes of the packed weights, with a backend's copy of them
 * @param cacheBytes bytes of the caches of all sequences when the test had ended
 * @param flops operations of a repetition
 * @param bytesRead bytes of weights and caches that a repetition must read: for decoding, weights and caches at every
 *     step; 0 for a prefill, which is not bound by memory
 * @param limits what the machine can do with as many threads
 */
public record SpeedResult(
        SpeedCase test,
        String backend,
        Timings timings,
        long weightBytes,
        long cacheBytes,
        double flops,
        double bytesRead,
        MachineLimits limits) {

    /** Tokens a second of each repetition, all sequences together. */
    public double[] tokensPerSecond() {
        return timings.speeds((double) test.tokens() * test.batch());
    }

    /** Milliseconds that each sequence waits for a token, on average. */
    public double millisPerToken() {
        return 1000 * Timings.mean(timings.seconds()) / test.tokens();
    }

    /** 10⁹ operations a second, in the median repetition. */
    public double gflops() {
        return 1e-9 * flops / Timings.median(timings.seconds());
    }

    /** 10⁹ bytes of weights and caches a second, in the median repetition; 0 for a prefill. */
    public double gigabytesPerSecond() {
        return 1e-9 * bytesRead / Timings.median(timings.seconds());
    }

    /** Share of the machine's multiply-adds, 0 to 1. */
    public double gflopsShare() {
        return gflops() / limits.gflops();
    }

    /** Share of the machine's memory bandwidth; above 1 where the processor's caches hold what is read. */
    public double bandwidthShare() {
        return gigabytesPerSecond() / limits.gigabytesPerSecond();
    }
}

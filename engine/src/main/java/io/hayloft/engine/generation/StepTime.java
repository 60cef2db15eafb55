package io.hayloft.engine.generation;

import java.util.Arrays;

/**
 * Shares the wall time of a lockstep out among its variants: to each what its own cache cost, and an equal part of the
 * rest, which is the work on the weights that they read together.
 */
final class StepTime {
    private final long[] own;
    private double rest;

    StepTime(int variants) {
        own = new long[variants];
    }

    /** Starts a step; returns where the decoder adds each variant's own nanoseconds. */
    long[] begin() {
        Arrays.fill(own, 0);
        return own;
    }

    /** Ends a step of the first so many variants, which took this long as a whole. */
    void end(long nanos, int variants) {
        long shared = nanos;
        for (int i = 0; i < variants; i++) {
            shared -= own[i];
        }
        rest = Math.max(0, shared) / (double) variants;
    }

    /** A variant's share of the step. */
    double seconds(int variant) {
        return (own[variant] + rest) * 1e-9;
    }
}

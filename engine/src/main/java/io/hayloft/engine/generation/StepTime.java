package io.hayloft.engine.generation;

import java.util.Arrays;

/**
 * Splits the wall time of a decode step into what each sequence needed for its own cache and the rest, which is the work
 * on the weights that all of them read together.
 */
final class StepTime {
    private final long[] own;
    private long shared;

    StepTime(int sequences) {
        own = new long[sequences];
    }

    /** Starts a step; returns where the decoder adds each sequence's own nanoseconds. */
    long[] begin() {
        Arrays.fill(own, 0);
        return own;
    }

    /** Ends a step of the first so many sequences, which took this long altogether. */
    void end(long nanos, int sequences) {
        long rest = nanos;
        for (int i = 0; i < sequences; i++) {
            rest -= own[i];
        }
        shared = Math.max(0, rest);
    }

    /** Seconds of the step that a sequence needed for itself. */
    double ownSeconds(int sequence) {
        return own[sequence] * 1e-9;
    }

    /** Seconds of the step that all its sequences needed together. */
    double sharedSeconds() {
        return shared * 1e-9;
    }
}

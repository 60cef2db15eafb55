package io.hayloft.engine.kernel;

/**
 * Scratch arrays of a {@link WorkerPool}: some that the whole run shares, some of each worker. They grow to the largest
 * size asked for and are reused, so that a layer allocates nothing. Contents are whatever the last user left.
 */
final class Workspace {
    private final float[][] shared = new float[Shared.values().length][0];
    private final float[][][] own;

    /** Arrays that the caller fills before a run and all workers read. */
    enum Shared {
        /** Activations, packed for the kernel. */
        ACTIVATIONS,
        /** The sum of each block of activations, for quantised layers. */
        PLAIN_SUMS,
        /** The same in groups of rows. */
        SUMS
    }

    /** Arrays of one worker. */
    enum Own {
        /** A panel of weights as floats. */
        PANEL,
        /** Sums of a panel's rows, [rows][32]. */
        TILE
    }

    Workspace(int threads) {
        own = new float[threads][Own.values().length][0];
    }

    float[] shared(Shared purpose, int size) {
        return grown(shared, purpose.ordinal(), size);
    }

    float[] own(Own purpose, int worker, int size) {
        return grown(own[worker], purpose.ordinal(), size);
    }

    private static float[] grown(float[][] arrays, int i, int size) {
        if (arrays[i].length < size) {
            arrays[i] = new float[size];
        }
        return arrays[i];
    }
}

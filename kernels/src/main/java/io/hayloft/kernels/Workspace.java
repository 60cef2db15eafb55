package io.hayloft.kernels;

/**
 * Scratch arrays of a {@link WorkerPool}, so that a layer allocates nothing: some that the caller fills before a run and
 * all workers read, some of each worker.
 */
final class Workspace {
    /** Activations, packed for a kernel. */
    final Scratch activations = new Scratch();

    /** The sum of each block of activations, row by row. */
    final Scratch plainSums = new Scratch();

    /** The same in groups of rows. */
    final Scratch sums = new Scratch();

    /** The products of the run that is prepared or in progress. */
    final JoinedTasks tasks;

    private final Scratch[] panels;
    private final Scratch[] tiles;

    Workspace(int threads) {
        tasks = new JoinedTasks(threads);
        panels = scratches(threads);
        tiles = scratches(threads);
    }

    private static Scratch[] scratches(int count) {
        var scratches = new Scratch[count];
        for (int i = 0; i < count; i++) {
            scratches[i] = new Scratch();
        }
        return scratches;
    }

    /** A worker's array for a panel of weights as floats. */
    Scratch panel(int worker) {
        return panels[worker];
    }

    /** A worker's array for results. */
    Scratch tile(int worker) {
        return tiles[worker];
    }

    /** An array that grows to the largest size asked for; its contents are whatever the last user left. */
    static final class Scratch {
        private float[] floats = {};

        float[] ofSize(int size) {
            if (floats.length < size) {
                floats = new float[size];
            }
            return floats;
        }
    }
}

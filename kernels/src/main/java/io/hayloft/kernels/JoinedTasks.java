package io.hayloft.kernels;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tasks of several products, one after the other, as those of a single run. Used for every run, so that none allocates arrays. */
final class JoinedTasks implements WorkerPool.Task {
    /** A product that is cut into tasks. */
    interface Part extends WorkerPool.Task {
        /** Number of tasks. */
        int tasks();
    }

    private final int threads;
    private @Nullable Part[] parts = {};
    private Shares[] shares = {}; // of each part
    private int count;

    JoinedTasks(int threads) {
        this.threads = threads;
    }

    /** The shares of the part that is added next, one for each thread; they hold those of an earlier run. */
    Shares shares() {
        if (count == shares.length) {
            shares = Arrays.copyOf(shares, count + 1);
            shares[count] = new Shares(threads);
        }
        return shares[count];
    }

    /** Adds a part. */
    void add(Part part) {
        if (count == parts.length) {
            parts = Arrays.copyOf(parts, count + 1);
        }
        parts[count++] = part;
    }

    /** Removes all parts. */
    void clear() {
        Arrays.fill(parts, null);
        count = 0;
    }

    /** Runs all tasks and removes the parts. */
    void runAll(WorkerPool pool, long multiplyAdds) {
        int tasks = 0;
        for (int i = 0; i < count; i++) {
            tasks += part(i).tasks();
        }
        try {
            Linear.run(pool, tasks, multiplyAdds, this);
        } finally {
            clear();
        }
    }

    private Part part(int i) {
        return Objects.requireNonNull(parts[i]);
    }

    @Override
    public void run(int index, int worker) {
        int first = 0;
        for (int i = 0; i < count; i++) {
            var part = part(i);
            if (index < first + part.tasks()) {
                part.run(index - first, worker);
                return;
            }
            first += part.tasks();
        }
        throw new IllegalStateException("no part has task " + index);
    }
}

package io.hayloft.kernels;

import java.util.List;

/** The tasks of several products, one after the other, as those of a single run. */
final class JoinedTasks implements WorkerPool.Task {
    /** A product that is cut into tasks. */
    interface Part extends WorkerPool.Task {
        /** Number of tasks. */
        int tasks();
    }

    private final Part[] parts;

    JoinedTasks(List<? extends Part> parts) {
        this.parts = parts.toArray(Part[]::new);
    }

    /** Number of all tasks. */
    int tasks() {
        int tasks = 0;
        for (var part : parts) {
            tasks += part.tasks();
        }
        return tasks;
    }

    @Override
    public void run(int index, int worker) {
        int first = 0;
        for (var part : parts) {
            if (index < first + part.tasks()) {
                part.run(index - first, worker);
                return;
            }
            first += part.tasks();
        }
    }
}

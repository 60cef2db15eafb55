package io.hayloft.engine.model;

import io.hayloft.kernels.WorkerPool;

/** Spreads work on independent rows over the pool. */
final class Rows {
    /** Rows of one task: below that, waking a thread costs more than the work. */
    private static final int TASK = 8;

    private Rows() {}

    /** Work on rows {@code from .. to-1}. */
    @FunctionalInterface
    interface Body {
        void run(int from, int to);
    }

    /** Runs the body once for each row, in ranges; a single range runs at once on the calling thread. */
    static void run(WorkerPool pool, int rows, Body body) {
        if (rows <= TASK) {
            body.run(0, rows);
            return;
        }
        int tasks = (rows + TASK - 1) / TASK;
        pool.run(tasks, (task, worker) -> body.run(task * TASK, Math.min(rows, (task + 1) * TASK)));
    }
}

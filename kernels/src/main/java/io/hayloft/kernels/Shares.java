package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PANELS;
import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Items in a row, cut into one share a worker: each worker takes the items of its own from first to last and then helps with the others'.
 * What counts the items taken of one share lies in a cache line of its own, as it is written by its worker alone for most of a run.
 */
final class Shares {
    /** Counters of two shares are so many ints apart: two cache lines, since processors fetch them in pairs. */
    private static final int APART = 32;

    private final int[] bounds;
    private final AtomicIntegerArray next;

    /** @param bounds the first item of each share, and behind the last the number of items */
    Shares(int[] bounds) {
        this.bounds = bounds;
        next = new AtomicIntegerArray(count() * APART);
        for (int share = 0; share < count(); share++) {
            next.setPlain(share * APART, bounds[share]);
        }
    }

    private int count() {
        return bounds.length - 1;
    }

    /** First item of a share. */
    int first(int share) {
        return bounds[share];
    }

    /** Takes an item that nobody has taken: its share in the upper half, the item in the lower half; -1 if none is left. */
    long take(int worker) {
        int shares = count();
        for (int i = 0; i < shares; i++) {
            int share = (worker + i) % shares;
            int item = next.getAndIncrement(share * APART);
            if (item < bounds[share + 1]) {
                return (long) share << 32 | item;
            }
        }
        return -1;
    }

    /** Work on an item. */
    @FunctionalInterface
    interface Work {
        void on(int item, int worker);
    }

    /** Has a pool work on all items, each worker on those of its share first. */
    void run(WorkerPool pool, Work work) {
        pool.run(bounds[count()], (_, worker) -> work.on((int) take(worker), worker));
    }

    /**
     * The panels of a matrix, cut for {@link StrideRun}: into tasks of some strides each, and these into shares. Whoever writes
     * panels keeps to these shares: on machines with several memories a page lies near the worker that touches it first, and that
     * should be the one that reads it in every decode step.
     */
    record OfPanels(int panels, int perTask, int tasks, int shares) {
        /** Bytes of packed weights that a task reads at least: a microsecond of work, so that no thread waits long. */
        private static final long TASK_BYTES = 16 << 10;

        static OfPanels of(int outputs, long bytes, int threads) {
            int strides = (outputs + STRIDE - 1) / STRIDE;
            long strideBytes = Math.max(1, bytes / Math.max(1, strides));
            int perTask = Math.clamp((TASK_BYTES + strideBytes - 1) / strideBytes, 1, Math.max(1, strides));
            int tasks = (strides + perTask - 1) / perTask;
            return new OfPanels((outputs + ROWS - 1) / ROWS, perTask, tasks, Math.min(tasks, threads));
        }

        int firstTask(int share) {
            return (int) ((long) tasks * share / shares);
        }

        int firstPanel(int share) {
            return Math.min(panels, firstTask(share) * perTask * PANELS);
        }

        /** Shares of tasks. */
        Shares ofTasks() {
            var bounds = new int[shares + 1];
            for (int share = 0; share <= shares; share++) {
                bounds[share] = firstTask(share);
            }
            return new Shares(bounds);
        }

        /** Shares of tasks for each panel, so many each. */
        Shares ofTasksEach(int each) {
            var bounds = new int[shares + 1];
            for (int share = 0; share <= shares; share++) {
                bounds[share] = firstPanel(share) * each;
            }
            return new Shares(bounds);
        }

        /** The panel of such a task: those of a share follow each other, for the same rows. */
        int panel(int share, int taskOfShare) {
            return firstPanel(share) + taskOfShare % panelsOf(share);
        }

        /** Which of the tasks of its panel it is. */
        int placeInPanel(int share, int taskOfShare) {
            return taskOfShare / panelsOf(share);
        }

        private int panelsOf(int share) {
            return firstPanel(share + 1) - firstPanel(share);
        }

        /** Shares of groups of so many panels; those at a bound belong to the later share. */
        Shares ofPanels(int inGroup) {
            var bounds = new int[shares + 1];
            for (int share = 0; share < shares; share++) {
                bounds[share] = firstPanel(share) / inGroup;
            }
            bounds[shares] = (panels + inGroup - 1) / inGroup;
            return new Shares(bounds);
        }
    }
}

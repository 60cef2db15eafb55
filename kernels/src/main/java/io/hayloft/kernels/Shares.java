package io.hayloft.kernels;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Items in a row, cut into one share a worker: each worker takes the items of its own from first to last and then helps with
 * the others'. The counter of a share lies in a cache line of its own, as one worker alone writes it for most of a run.
 *
 * <p>Can be cut anew for the next run when all runs of its items have ended.
 */
final class Shares {
    /** Counters of two shares are so many ints apart: two cache lines, since processors fetch them in pairs. */
    private static final int APART = 32;

    private final int[] bounds; // the first item of each share, and behind the last the number of items
    private final AtomicIntegerArray next;
    private int count;

    /** No items yet, in at most so many shares. */
    Shares(int most) {
        bounds = new int[most + 1];
        next = new AtomicIntegerArray(most * APART);
    }

    /** Cuts the tasks of panels. */
    Shares ofTasks(PanelCut cut) {
        count = cut.shares();
        for (int share = 0; share <= count; share++) {
            bound(share, cut.firstTask(share));
        }
        return this;
    }

    /** Cuts tasks for each panel, so many each. */
    Shares ofTasksEach(PanelCut cut, int each) {
        count = cut.shares();
        for (int share = 0; share <= count; share++) {
            bound(share, cut.firstPanel(share) * each);
        }
        return this;
    }

    /** Cuts groups of so many panels; those at a bound belong to the later share. */
    Shares ofPanels(PanelCut cut, int inGroup) {
        count = cut.shares();
        for (int share = 0; share < count; share++) {
            bound(share, cut.firstPanel(share) / inGroup);
        }
        bound(count, (cut.panels() + inGroup - 1) / inGroup);
        return this;
    }

    private void bound(int share, int item) {
        bounds[share] = item;
        if (share < count) {
            next.setPlain(share * APART, item);
        }
    }

    /**
     * Takes an item that nobody has taken; {@link #share} and {@link #item} say which.
     *
     * @throws IllegalStateException if none is left: there were more runs than items
     */
    long take(int worker) {
        for (int i = 0; i < count; i++) {
            int share = (worker + i) % count;
            int item = next.getAndIncrement(share * APART);
            if (item < bounds[share + 1]) {
                return (long) share << 32 | item;
            }
        }
        throw new IllegalStateException("more runs than items");
    }

    /** The share of what was taken. */
    static int share(long taken) {
        return (int) (taken >>> 32);
    }

    /** The item that was taken. */
    static int item(long taken) {
        return (int) taken;
    }

    /** The place in its share of the item that was taken. */
    int place(long taken) {
        return item(taken) - bounds[share(taken)];
    }

    /** Work on an item. */
    @FunctionalInterface
    interface Work {
        void on(int item, int worker);
    }

    /** Has a pool work on all items, each worker on those of its share first. */
    void run(WorkerPool pool, Work work) {
        pool.run(bounds[count], (_, worker) -> work.on(item(take(worker)), worker));
    }
}

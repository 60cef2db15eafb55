package io.hayloft.kernels;

import io.hayloft.kernels.threads.Placement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of platform threads that share the tasks of one run; the caller is one of them.
 *
 * <p>Tasks are claimed one by one, so a slow worker takes fewer. A run ends when its tasks are done, not when every
 * worker has looked: one that the system has put aside delays nobody. Idle workers spin for a moment, because the next
 * layer comes within microseconds, and then park. A run allocates nothing.
 *
 * <p>One run at a time: a second caller, or a task that starts a run, gets an {@link IllegalStateException}.
 */
public final class WorkerPool implements AutoCloseable {
    /** A piece of work. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one piece.
         *
         * @param index which piece, 0 to tasks - 1
         * @param worker who does it, 0 to threads - 1: two pieces at the same time never have the same worker
         */
        void run(int index, int worker);
    }

    private static final int SPINS_BEFORE_PARKING = 4000;
    private static final int SPINS_BEFORE_NAPPING = 20_000;
    private static final long NAP_NANOS = 50_000;
    private static final long NOTHING_TO_CLAIM = Integer.MAX_VALUE;
    private static final int APART = 128 / Long.BYTES;

    /** Number of the run in the upper half, next task to claim in the lower half; between runs no task is claimable. */
    private static final int TICKET = APART;

    /** Tasks of the run that are done. */
    private static final int DONE = 2 * APART;

    private final Worker[] workers;
    private final Workspace workspace;
    private final Placement placement;

    /**
     * The two words that all threads write, each in a cache line of its own (and the one beside it, as processors fetch them in
     * pairs): threads that wait look at one while others write the other.
     */
    private final AtomicLongArray shared = new AtomicLongArray(3 * APART);

    /** Task and count belong to the run of the ticket: written before it, read between seeing and claiming it. */
    private @Nullable Task task;

    private int count;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * Starts the team.
     *
     * @param threads number of threads, the caller included; at least 1
     */
    public WorkerPool(int threads) {
        this(threads, Placement.ofUser(threads));
    }

    /** As {@link #WorkerPool(int)}, with threads on such processors. */
    WorkerPool(int threads, Placement placement) {
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
        this.placement = placement;
        shared.setPlain(TICKET, NOTHING_TO_CLAIM);
        workspace = new Workspace(threads);
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** Threads that take part, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /** Scratch arrays of the run in progress, and of the caller that prepares one. */
    Workspace workspace() {
        return workspace;
    }

    /**
     * Runs all tasks and returns when they are done.
     *
     * <p>When one throws, those not yet begun are skipped, and of what was thrown the first is thrown here.
     */
    public void run(int tasks, Task task) {
        run(tasks, task, true);
    }

    /** As {@link #run}, by the caller alone: for work that is done before another thread would wake. */
    void runAlone(int tasks, Task task) {
        run(tasks, task, false);
    }

    private void run(int tasks, Task task, boolean together) {
        if (closed || !busy.compareAndSet(false, true)) {
            throw new IllegalStateException(closed ? "the pool is closed" : "the pool is already running tasks");
        }
        try {
            if (tasks <= 1 || workers.length == 0 || !together) {
                for (int i = 0; i < tasks; i++) {
                    task.run(i, 0);
                }
            } else {
                share(tasks, task);
            }
        } finally {
            busy.set(false);
        }
    }

    private void share(int tasks, Task work) {
        shared.setPlain(DONE, 0);
        failure.setPlain(null);
        task = work;
        count = tasks;
        shared.set(TICKET, ((shared.get(TICKET) >>> 32) + 1) << 32);
        for (int i = 0; i < Math.min(workers.length, tasks - 1); i++) {
            workers[i].wake();
        }
        claimAll(0);
        awaitAll(tasks);
        shared.set(TICKET, shared.get(TICKET) | NOTHING_TO_CLAIM);
        task = null;
        throwFailure();
    }

    /** Claims and runs tasks of the current run until none is left. */
    private void claimAll(int worker) {
        while (true) {
            long seen = shared.get(TICKET);
            var work = task;
            // Nothing is read too early or too late: a claim that succeeds proves that its run is still in progress.
            if ((int) seen >= count || work == null) {
                return;
            }
            if (shared.compareAndSet(TICKET, seen, seen + 1)) {
                try {
                    if (failure.get() == null) {
                        work.run((int) seen, worker);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    shared.incrementAndGet(DONE);
                }
            }
        }
    }

    private void awaitAll(int tasks) {
        for (int spins = 0; shared.get(DONE) < tasks; spins++) {
            if (spins < SPINS_BEFORE_NAPPING) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, NAP_NANOS);
            }
        }
    }

    private void throwFailure() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Ends the threads; waits for them. */
    @Override
    public void close() {
        closed = true;
        for (var worker : workers) {
            LockSupport.unpark(worker);
        }
        for (var worker : workers) {
            boolean interrupted = false;
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("hayloft-worker-" + number);
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            placement.pin(number);
            long seen = 0;
            while (!closed) {
                long run = awaitRun(seen);
                if (run != seen) {
                    seen = run;
                    claimAll(number);
                }
            }
        }

        /** Waits for a run other than the one seen last; may return early. */
        private long awaitRun(long seen) {
            for (int spins = 0; spins < SPINS_BEFORE_PARKING; spins++) {
                long run = shared.get(TICKET) >>> 32;
                if (run != seen) {
                    return run;
                }
                Thread.onSpinWait();
            }
            parked = true;
            while (shared.get(TICKET) >>> 32 == seen && !closed) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
            return shared.get(TICKET) >>> 32;
        }
    }
}

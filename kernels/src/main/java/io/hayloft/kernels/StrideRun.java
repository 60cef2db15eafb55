package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PANELS;
import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A product by packed weights, cut into tasks of a few panels: all rows pass over them while they are in the cache.
 *
 * <p>Each worker has a stretch of the panels for its own, whose two halves it reads from beginning to end, side by side:
 * the processor fetches weights ahead of a long stream only, and starts anew at every jump. A worker that is done with
 * its own stretch goes on with another's.
 */
final class StrideRun implements JoinedTasks.Part {
    /** Bytes of packed weights that a task reads at least: a microsecond of work, so that no thread waits long. */
    private static final long TASK_BYTES = 16 << 10;

    private final Panels panels;
    private final Panels.Input input;
    private final int outputs;
    private final float[] y;
    private final Workspace space;
    private final int allPanels;
    private final int perTask;
    private final int tasks;
    private final int shares;

    /** The next task of each worker's share that nobody has taken. */
    private final AtomicIntegerArray next;

    /**
     * A product to be run.
     *
     * @param outputs length of an output row
     * @param y receives {@code [rows][outputs]}
     */
    StrideRun(Panels panels, Panels.Input input, int outputs, float[] y, WorkerPool pool) {
        this.panels = panels;
        this.input = input;
        this.outputs = outputs;
        this.y = y;
        space = pool.workspace();
        allPanels = (outputs + ROWS - 1) / ROWS;
        int strides = (outputs + STRIDE - 1) / STRIDE;
        long strideBytes = Math.max(1, panels.bytes() / strides);
        perTask = (int) Math.min(strides, (TASK_BYTES + strideBytes - 1) / strideBytes);
        tasks = (strides + perTask - 1) / perTask;
        shares = Math.min(tasks, pool.threads());
        next = new AtomicIntegerArray(shares);
        for (int share = 0; share < shares; share++) {
            next.setPlain(share, firstTask(share));
        }
    }

    private int firstTask(int share) {
        return (int) ((long) tasks * share / shares);
    }

    @Override
    public int tasks() {
        return tasks;
    }

    /** Does one task, the next of the worker's own share if one is left: the index only counts them. */
    @Override
    public void run(int index, int worker) {
        for (int i = 0; i < shares; i++) {
            int share = (worker + i) % shares;
            int task = next.getAndIncrement(share);
            if (task < firstTask(share + 1)) {
                multiply(task, share, space.tile(worker).ofSize(panels.groups().large() * STRIDE));
                return;
            }
        }
        throw new IllegalStateException("more runs than tasks");
    }

    /** A stride is a panel of the first part of the share and, at 512 bits, the panel at the same place of the second. */
    private void multiply(int task, int share, float[] tile) {
        int firstPanel = firstTask(share) * perTask * PANELS;
        int endPanel = Math.min(allPanels, firstTask(share + 1) * perTask * PANELS);
        int part = (endPanel - firstPanel + PANELS - 1) / PANELS;
        int from = firstPanel + (task - firstTask(share)) * perTask;
        int end = Math.min(firstPanel + part, from + perTask);
        for (int panel = from; panel < end; panel++) {
            int second = PANELS == 1 || panel + part >= endPanel ? panel : panel + part;
            multiplyPair(panel, second, tile);
        }
    }

    private void multiplyPair(int panel, int second, float[] tile) {
        var x = input.x();
        for (int row = 0; row < x.rows(); row += x.size(row)) {
            panels.multiply(panel, second, input, row, tile);
            int present = Math.min(x.size(row), x.rows() - row);
            for (int r = 0; r < present; r++) {
                copy(tile, r * STRIDE, row + r, panel);
                if (second != panel) {
                    copy(tile, r * STRIDE + ROWS, row + r, second);
                }
            }
        }
    }

    private void copy(float[] tile, int at, int row, int panel) {
        int from = panel * ROWS;
        System.arraycopy(tile, at, y, row * outputs + from, Math.min(ROWS, outputs - from));
    }
}

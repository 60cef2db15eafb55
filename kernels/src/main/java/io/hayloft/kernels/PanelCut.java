package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PANELS;
import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

/**
 * The panels of a matrix, cut for {@link StrideRun}: into tasks of some strides each, and these into shares. Whoever writes
 * panels keeps to these shares: on machines with several memories a page lies near the worker that touches it first, and that
 * should be the one that reads it in every decode step.
 */
record PanelCut(int panels, int perTask, int tasks, int shares) {
    /** Bytes of packed weights that a task reads at least: a microsecond of work, so that no thread waits long. */
    private static final long TASK_BYTES = 16 << 10;

    static PanelCut of(int outputs, long bytes, int threads) {
        int strides = (outputs + STRIDE - 1) / STRIDE;
        long strideBytes = Math.max(1, bytes / Math.max(1, strides));
        int perTask = Math.clamp((TASK_BYTES + strideBytes - 1) / strideBytes, 1, Math.max(1, strides));
        int tasks = (strides + perTask - 1) / perTask;
        return new PanelCut((outputs + ROWS - 1) / ROWS, perTask, tasks, Math.min(tasks, threads));
    }

    /** First task of a share, or the number of tasks behind the last. */
    int firstTask(int share) {
        return (int) ((long) tasks * share / shares);
    }

    /** First panel of a share, or the number of panels behind the last. */
    int firstPanel(int share) {
        return Math.min(panels, firstTask(share) * perTask * PANELS);
    }

    /** The panel of a task of {@link Shares#ofTasksEach}: those of a share follow each other, for the same rows. */
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
}

package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PANELS;
import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

/**
 * A product by packed weights, cut into tasks of a few panels: all rows pass over them while they are in the cache.
 *
 * <p>Each worker has a share of the panels, whose two halves it reads from beginning to end, side by side: the processor
 * fetches weights ahead of a long stream only, and starts anew at every jump. A worker that is done with its own share goes
 * on with another's.
 */
final class StrideRun implements JoinedTasks.Part {
    private final Panels panels;
    private final Panels.Input input;
    private final int outputs;
    private final float[] y;
    private final Workspace space;
    private final PanelCut cut;
    private final Shares tasks;

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
        cut = PanelCut.of(outputs, panels.bytes(), pool.threads());
        tasks = space.tasks.shares().ofTasks(cut);
    }

    @Override
    public int tasks() {
        return cut.tasks();
    }

    /** Does one task, the next of the worker's own share if one is left: the index only counts them. */
    @Override
    public void run(int index, int worker) {
        long taken = tasks.take(worker);
        var tile = space.tile(worker).ofSize(panels.groups().large() * STRIDE);
        multiply(Shares.share(taken), tasks.place(taken), tile);
    }

    /** A stride is a panel of the first part of the share and, at 512 bits, the panel at the same place of the second. */
    private void multiply(int share, int taskOfShare, float[] tile) {
        int firstPanel = cut.firstPanel(share);
        int endPanel = cut.firstPanel(share + 1);
        int part = (endPanel - firstPanel + PANELS - 1) / PANELS;
        int from = firstPanel + taskOfShare * cut.perTask();
        int end = Math.min(firstPanel + part, from + cut.perTask());
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

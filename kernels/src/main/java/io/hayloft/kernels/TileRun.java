package io.hayloft.kernels;

import java.util.Arrays;

/**
 * A product by dequantised weights, done by register tiles and cut into tasks of one panel and a range of rows: a part of
 * the panel is expanded to floats, then every group of rows passes over it.
 */
final class TileRun implements JoinedTasks.Part {
    /** Elements of k that are expanded at once, about: 64 KB of weights, which stay in the second-level cache. */
    private static final int DEPTH = 512;

    /** A multiple of every block size: so many elements of k, or a multiple, are expanded at once. */
    private static final int DEPTH_STEP = 32;

    /** Activations of a task at most, about 4 MB: every panel passes over them, so they should stay in the cache. */
    private static final int MAX_ELEMENTS = 1 << 20;

    /** Rows of a task at least, so that expanding the weights pays. */
    private static final int MIN_ROWS = 48;

    private final Panels panels;
    private final RowGroups x;
    private final int outputs;
    private final float[] y;
    private final Workspace space;
    private final PanelCut cut;
    private final Shares shares;
    private final int taskRows;
    private final int tasks;
    private final int depth;

    /**
     * A product to be run.
     *
     * @param x activations in groups
     * @param outputs length of an output row
     * @param y receives {@code [rows][outputs]}
     */
    TileRun(Panels panels, RowGroups x, int outputs, float[] y, WorkerPool pool) {
        this.panels = panels;
        this.x = x;
        this.outputs = outputs;
        this.y = y;
        space = pool.workspace();
        cut = PanelCut.of(outputs, panels.bytes(), pool.threads());
        taskRows = taskRows(x.rows(), pool.threads());
        int rowTasks = (x.rows() + taskRows - 1) / taskRows;
        shares = space.tasks.shares().ofTasksEach(cut, rowTasks);
        tasks = cut.panels() * rowTasks;
        int parts = Math.max(1, (x.columns() + DEPTH / 2) / DEPTH); // about equal ones: a short rest costs most
        depth = ((x.columns() + parts - 1) / parts + DEPTH_STEP - 1) / DEPTH_STEP * DEPTH_STEP;
    }

    /** Rows of a task: few enough that every thread gets several tasks, a multiple of the large group. */
    private int taskRows(int rows, int threads) {
        long byThreads = threads == 1 ? 1 : (3 * threads + cut.panels() - 1) / cut.panels();
        long byCache = ((long) rows * x.columns() + MAX_ELEMENTS - 1) / MAX_ELEMENTS;
        int parts = (int) Math.max(byThreads, byCache);
        int large = x.sizes().large();
        return (Math.max(MIN_ROWS, (rows + parts - 1) / parts) + large - 1) / large * large;
    }

    @Override
    public int tasks() {
        return tasks;
    }

    /** Does one task, of the worker's own share of the panels if one is left: the index only counts them. */
    @Override
    public void run(int index, int worker) {
        long taken = shares.take(worker);
        int share = Shares.share(taken);
        int task = shares.place(taken);
        int panel = cut.panel(share, task);
        int firstRow = cut.placeInPanel(share, task) * taskRows;
        int end = Math.min(firstRow + taskRows, x.rows());
        int size = x.sizes().padded(end - firstRow) * Panels.ROWS;
        var tile = space.tile(worker).ofSize(size);
        Arrays.fill(tile, 0, size, 0f);
        var weights = space.panel(worker).ofSize(depth * Panels.ROWS);
        for (int k = 0; k < x.columns(); k += depth) {
            int count = Math.min(depth, x.columns() - k);
            panels.expand(panel, k, count, weights);
            for (int row = firstRow, group; row < end; row += group) {
                group = x.size(row);
                Tile.sum(group, count, x.data(), x.at(row, k), weights, tile, (row - firstRow) * Panels.ROWS);
            }
        }
        copyOut(tile, panel, firstRow, end);
    }

    /** The tile's missing rows and columns are left out. */
    private void copyOut(float[] tile, int panel, int firstRow, int end) {
        int from = panel * Panels.ROWS;
        int width = Math.min(Panels.ROWS, outputs - from);
        for (int row = firstRow; row < end; row++) {
            System.arraycopy(tile, (row - firstRow) * Panels.ROWS, y, row * outputs + from, width);
        }
    }
}

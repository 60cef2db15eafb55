package io.hayloft.engine.kernel;

/** A product by packed weights, cut into tasks of a few panels: all rows pass over them while they are in the cache. */
final class StrideRun implements JoinedTasks.Part {
    /** Bytes of packed weights that a task reads at least: a microsecond of work, so that no thread waits long. */
    private static final long TASK_BYTES = 16 << 10;

    private final Panels panels;
    private final Panels.Input input;
    private final int outputs;
    private final float[] y;
    private final Workspace space;
    private final int strides;
    private final int perTask;

    /**
     * A product to be run.
     *
     * @param outputs length of an output row
     * @param y receives {@code [rows][outputs]}
     */
    StrideRun(Panels panels, Panels.Input input, int outputs, float[] y, Workspace space) {
        this.panels = panels;
        this.input = input;
        this.outputs = outputs;
        this.y = y;
        this.space = space;
        strides = (outputs + Panels.STRIDE - 1) / Panels.STRIDE;
        long strideBytes = Math.max(1, panels.bytes() / strides);
        perTask = (int) Math.min(strides, (TASK_BYTES + strideBytes - 1) / strideBytes);
    }

    @Override
    public int tasks() {
        return (strides + perTask - 1) / perTask;
    }

    @Override
    public void run(int index, int worker) {
        var tile = space.tile(worker).ofSize(panels.groups().large() * Panels.STRIDE);
        int end = Math.min(strides, (index + 1) * perTask);
        for (int stride = index * perTask; stride < end; stride++) {
            multiply(stride * Panels.STRIDE, tile);
        }
    }

    private void multiply(int from, float[] tile) {
        var x = input.x();
        int width = Math.min(Panels.STRIDE, outputs - from);
        for (int row = 0; row < x.rows(); row += x.size(row)) {
            panels.multiply(from / Panels.ROWS, input, row, tile);
            int present = Math.min(x.size(row), x.rows() - row);
            for (int r = 0; r < present; r++) {
                System.arraycopy(tile, r * Panels.STRIDE, y, (row + r) * outputs + from, width);
            }
        }
    }
}

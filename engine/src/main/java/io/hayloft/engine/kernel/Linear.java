package io.hayloft.engine.kernel;

import io.hayloft.engine.kernel.Workspace.Own;
import io.hayloft.engine.kernel.Workspace.Shared;
import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.TensorType;
import io.hayloft.engine.tensor.WeightRows;

/**
 * A linear layer {@code y = x Wᵀ} with packed weights; activations are 32-bit floats and never rounded.
 *
 * <p>A row's result is the same to the bit whatever the number of rows in a call, the number of threads and the vector
 * width. {@link #prefill} computes one chain of fused multiply-adds over ascending k with dequantised weights. {@link
 * #decode} computes, for quantised types, one such chain of activations and whole codes for each block, and adds it
 * times the block's scale; so the two differ in the last bits.
 */
public final class Linear {
    /** Up to this many rows decode by reading the packed weights once per row. */
    private static final int DIRECT_ROWS = 2;

    /** Bytes of packed weights that one task of a direct multiplication reads at least. */
    private static final long DIRECT_TASK_BYTES = 64 << 10;

    /** Multiply-adds that the caller does faster alone than with threads that must wake. */
    private static final long ALONE = 100_000;

    private final int inputs;
    private final int outputs;
    private final Panels panels;

    private Linear(int inputs, int outputs, Panels panels) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.panels = panels;
    }

    /**
     * Packs the rows of a weight matrix {@code [outputs][inputs]}; the tensor is not needed afterwards.
     *
     * @param memory owns the packed weights
     */
    public static Linear pack(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        return new Linear(rows.columns(), rows.rows(), packPanels(rows, memory, pool));
    }

    private static Panels packPanels(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        var type = rows.tensor().type();
        var format = CodeFormat.of(type);
        if (format != null) {
            return CodePanels.pack(format, rows, memory, pool);
        }
        if (type == TensorType.F16 || type == TensorType.BF16) {
            var half = HalfPanels.pack(rows, memory, pool);
            if (half != null) {
                return half;
            }
        }
        return FloatPanels.pack(rows, memory, pool);
    }

    /** Length of an input row. */
    public int inputs() {
        return inputs;
    }

    /** Length of an output row. */
    public int outputs() {
        return outputs;
    }

    /** Bytes that the packed weights hold. */
    public long bytes() {
        return panels.bytes();
    }

    /** Many rows of a prompt: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void prefill(float[] x, int rows, float[] y, WorkerPool pool) {
        check(x, rows, y);
        var groups = RowGroups.pack(x, rows, inputs, 1, Shared.ACTIVATIONS, pool);
        runTiles(new TileRun(panels, groups, null, outputs, y, pool), rows, pool);
    }

    /** One row of each sequence of a batch: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void decode(float[] x, int rows, float[] y, WorkerPool pool) {
        check(x, rows, y);
        if (rows <= DIRECT_ROWS) {
            direct(x, rows, y, pool);
        } else if (panels instanceof CodePanels codes) {
            var groups = RowGroups.pack(x, rows, inputs, 1, Shared.ACTIVATIONS, pool);
            var blocks = BlockInputs.of(codes, x, rows, pool);
            runTiles(new TileRun(codes, groups, blocks, outputs, y, pool), rows, pool);
        } else {
            prefill(x, rows, y, pool);
        }
    }

    private void check(float[] x, int rows, float[] y) {
        if (rows < 1 || x.length < (long) rows * inputs || y.length < (long) rows * outputs) {
            throw new IllegalArgumentException(rows + " rows, input of " + x.length + " and output of " + y.length
                    + " floats for a layer [" + outputs + "][" + inputs + "]");
        }
    }

    private void runTiles(TileRun tiles, int rows, WorkerPool pool) {
        run(pool, tiles.tasks(), (long) rows * inputs * outputs, tiles);
    }

    /** Runs tasks on the pool, or on the caller alone when the work is too small to share. */
    static void run(WorkerPool pool, int tasks, long multiplyAdds, WorkerPool.Task task) {
        if (multiplyAdds < ALONE) {
            pool.runAlone(tasks, task);
        } else {
            pool.run(tasks, task);
        }
    }

    /** Straight from the packed form, row by row while the panels are in the cache. */
    private void direct(float[] x, int rows, float[] y, WorkerPool pool) {
        var activations = panels.prepare(x, rows, pool);
        int strides = (outputs + Panels.STRIDE - 1) / Panels.STRIDE;
        long strideBytes = Math.max(1, panels.bytes() / strides);
        int perTask = (int) Math.min(strides, (DIRECT_TASK_BYTES + strideBytes - 1) / strideBytes);
        int tasks = (strides + perTask - 1) / perTask;
        run(pool, tasks, (long) rows * inputs * outputs, (index, worker) -> {
            int end = Math.min(strides, (index + 1) * perTask);
            for (int stride = index * perTask; stride < end; stride++) {
                for (int row = 0; row < rows; row++) {
                    directStride(stride * Panels.STRIDE, activations, row, y, pool.workspace(), worker);
                }
            }
        });
    }

    private void directStride(int from, Panels.Activations x, int row, float[] y, Workspace space, int worker) {
        int panel = from / Panels.ROWS;
        int at = row * outputs + from;
        if (from + Panels.STRIDE <= outputs) {
            panels.multiply(panel, x, row, y, at);
        } else {
            var tile = space.own(Own.TILE, worker, Panels.STRIDE);
            panels.multiply(panel, x, row, tile, 0);
            System.arraycopy(tile, 0, y, at, outputs - from);
        }
    }
}

package io.hayloft.engine.kernel;

import io.hayloft.engine.kernel.RowGroups.Sizes;
import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.TensorType;
import io.hayloft.engine.tensor.WeightRows;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer {@code y = x Wᵀ} with packed weights; activations are 32-bit floats and never rounded.
 *
 * <p>A row's result is the same to the bit whatever the number of rows in a call, the number of threads and the vector
 * width. {@link #prefill} computes one chain of fused multiply-adds over ascending k with dequantised weights. {@link
 * #decode} computes, for quantised types, one such chain of activations and whole codes for each block, and adds it
 * times the block's scale; so the two differ in the last bits.
 */
public final class Linear {
    /** Bytes of packed weights that one task of a decode step reads at least. */
    private static final long TASK_BYTES = 64 << 10;

    /** Multiply-adds that the caller does faster alone than with threads that must wake. */
    private static final long ALONE = 100_000;

    private final int inputs;
    private final int outputs;
    private final Panels panels;
    private final PrefillBackend.@Nullable Matrix prefill;

    private Linear(int inputs, int outputs, Panels panels, PrefillBackend.@Nullable Matrix prefill) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.panels = panels;
        this.prefill = prefill;
    }

    /**
     * Packs the rows of a weight matrix {@code [outputs][inputs]}; the tensor is not needed afterwards.
     *
     * @param memory owns the packed weights
     */
    public static Linear pack(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        return pack(rows, memory, pool, null);
    }

    /**
     * As {@link #pack(WeightRows, NativeMemory, WorkerPool)}, with a second copy of the weights for {@link #prefill}.
     *
     * @param backend computes {@link #prefill} if it takes the matrix; null for the kernels of this package
     */
    public static Linear pack(
            WeightRows rows, NativeMemory memory, WorkerPool pool, PrefillBackend.@Nullable Session backend) {
        var panels = packPanels(rows, memory, pool);
        var prefill = backend == null ? null : backend.pack(rows).orElse(null);
        return new Linear(rows.columns(), rows.rows(), panels, prefill);
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

    /** Bytes that the packed weights hold, a backend's copy not counted. */
    public long bytes() {
        return panels.bytes();
    }

    /** Many rows of a prompt: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void prefill(float[] x, int rows, float[] y, WorkerPool pool) {
        check(x, rows, y);
        if (prefill != null) {
            prefill.multiply(x, rows, y, pool);
            return;
        }
        var groups = RowGroups.pack(x, rows, inputs, Sizes.TILE, RowGroups.ONES, pool.workspace().activations, pool);
        var tiles = new TileRun(panels, groups, outputs, y, pool);
        run(pool, tiles.tasks(), (long) rows * inputs * outputs, tiles);
    }

    /** One row of each sequence of a batch: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void decode(float[] x, int rows, float[] y, WorkerPool pool) {
        check(x, rows, y);
        var input = new Panels.Input(
                RowGroups.pack(x, rows, inputs, panels.groups(), panels.factors(), pool.workspace().activations, pool),
                BlockSums.pack(x, rows, inputs, panels.block(), panels.groups(), pool));
        int strides = (outputs + Panels.STRIDE - 1) / Panels.STRIDE;
        long strideBytes = Math.max(1, panels.bytes() / strides);
        int perTask = (int) Math.min(strides, (TASK_BYTES + strideBytes - 1) / strideBytes);
        int tasks = (strides + perTask - 1) / perTask;
        run(pool, tasks, (long) rows * inputs * outputs, (index, worker) -> {
            var tile = pool.workspace().tile(worker).ofSize(panels.groups().large() * Panels.STRIDE);
            int end = Math.min(strides, (index + 1) * perTask);
            for (int stride = index * perTask; stride < end; stride++) {
                multiplyStride(stride * Panels.STRIDE, input, tile, y);
            }
        });
    }

    /** All rows while the panels are in the cache. */
    private void multiplyStride(int from, Panels.Input input, float[] tile, float[] y) {
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

    private void check(float[] x, int rows, float[] y) {
        if (rows < 1 || x.length < (long) rows * inputs || y.length < (long) rows * outputs) {
            throw new IllegalArgumentException(rows + " rows, input of " + x.length + " and output of " + y.length
                    + " floats for a layer [" + outputs + "][" + inputs + "]");
        }
    }

    /** Runs tasks on the pool, or on the caller alone when the work is too small to share. */
    static void run(WorkerPool pool, int tasks, long multiplyAdds, WorkerPool.Task task) {
        if (multiplyAdds < ALONE) {
            pool.runAlone(tasks, task);
        } else {
            pool.run(tasks, task);
        }
    }
}

package io.hayloft.kernels;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.RowGroups.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer {@code y = x Wᵀ} with packed weights; activations are 32-bit floats and never rounded.
 *
 * <p>Without a backend's matrix for prefills, a row's result is the same to the bit whatever the number of rows in a
 * call, the number of threads and the vector width. {@link #prefill} computes one chain of fused multiply-adds over
 * ascending k with dequantised weights. {@link #decode} computes, for quantised types, one such chain of activations and
 * quantised values for each block, and adds it times the block's scale; so the two differ in the last bits.
 */
public final class Linear {
    /** Multiply-adds that the caller does faster alone than with threads that must wake. */
    private static final long ALONE = 100_000;

    /** Rows of a batch from which on {@link #decode} unpacks weights before it multiplies them: it pays for so many. */
    private static final int MANY_ROWS = 25;

    private final int inputs;
    private final int outputs;
    private final Panels panels;
    private final @Nullable Copy copy;

    /** The weights as a backend prepared them. */
    private record Copy(PrefillBackend.Session session, PrefillBackend.Matrix matrix) {}

    private Linear(int inputs, int outputs, Panels panels, @Nullable Copy copy) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.panels = panels;
        this.copy = copy;
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
        return new WeightPacker(memory, pool, backend, null).pack(rows);
    }

    /** @param backend gets a second copy of the weights if it takes the matrix; null for none */
    static Linear of(WeightRows rows, Panels panels, PrefillBackend.@Nullable Session backend) {
        var copy = backend == null
                ? null
                : backend.pack(rows).map(matrix -> new Copy(backend, matrix)).orElse(null);
        return new Linear(rows.columns(), rows.rows(), panels, copy);
    }

    /** Bytes that {@link #pack} takes for a matrix {@code [rows][columns]}. */
    public static long packedBytes(TensorType type, int rows, int columns) {
        var format = CodeFormat.of(type);
        boolean half = type == TensorType.F16 || type == TensorType.BF16;
        long panel = format != null
                ? (long) columns / format.block() * format.blockBytes()
                : half ? HalfPanels.panelBytes(columns) : FloatPanels.panelBytes(columns);
        return (rows + Panels.ROWS - 1) / Panels.ROWS * panel;
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

    /** Multiplies many rows of a prompt: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void prefill(float[] x, int rows, float[] y, WorkerPool pool) {
        prefill(List.of(this), x, rows, new float[][] {y}, pool);
    }

    /**
     * Multiplies the same rows of a prompt by several layers: rows are packed once, and there is one wait for all threads instead
     * of one a layer.
     *
     * @param x activations {@code [rows][inputs]}
     * @param y receives of each layer {@code [rows][outputs]}
     * @throws IllegalArgumentException if the layers have not the same number of inputs, or an array is too short
     */
    public static void prefill(List<Linear> layers, float[] x, int rows, float[][] y, WorkerPool pool) {
        multiply(layers, x, rows, y, pool);
        for (var layer : layers) {
            if (layer.copy != null) {
                multiplyCopies(layers, x, rows, y);
                break;
            }
        }
    }

    /** The layers of which no backend has a copy. */
    private static void multiply(List<Linear> layers, float[] x, int rows, float[][] y, WorkerPool pool) {
        checkSameInputs(layers);
        boolean any = false;
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).check(x, rows, y[i]);
            any |= layers.get(i).copy == null;
        }
        if (!any) {
            return;
        }
        int inputs = layers.getFirst().inputs;
        var space = pool.workspace();
        var groups = RowGroups.pack(x, rows, inputs, Sizes.TILE, RowGroups.ONES, space.activations, pool);
        space.tasks.clear();
        long multiplyAdds = 0;
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            if (layer.copy == null) {
                space.tasks.add(new TileRun(layer.panels, groups, layer.outputs, y[i], pool));
                multiplyAdds += (long) rows * inputs * layer.outputs;
            }
        }
        space.tasks.runAll(pool, multiplyAdds);
    }

    /** The layers that a backend computes. */
    private static void multiplyCopies(List<Linear> layers, float[] x, int rows, float[][] y) {
        var matrices = new ArrayList<PrefillBackend.Matrix>(layers.size());
        var results = new ArrayList<float[]>(layers.size());
        PrefillBackend.Session session = null;
        for (int i = 0; i < layers.size(); i++) {
            var copy = layers.get(i).copy;
            if (copy != null) {
                session = copy.session;
                matrices.add(copy.matrix);
                results.add(y[i]);
            }
        }
        if (session != null) {
            session.multiply(matrices, x, rows, results.toArray(float[][]::new));
        }
    }

    /** Multiplies one row of each sequence of a batch: x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    public void decode(float[] x, int rows, float[] y, WorkerPool pool) {
        decode(List.of(this), x, rows, new float[][] {y}, pool);
    }

    /**
     * Multiplies the same rows of a batch by several layers.
     *
     * @param x activations {@code [rows][inputs]}
     * @param y receives of each layer {@code [rows][outputs]}
     * @throws IllegalArgumentException if the layers have not the same number of inputs, or an array is too short
     */
    public static void decode(List<Linear> layers, float[] x, int rows, float[][] y, WorkerPool pool) {
        checkSameInputs(layers);
        for (int from = 0, to; from < layers.size(); from = to) {
            to = from + 1;
            while (to < layers.size() && layers.get(from).panels.sameInput(layers.get(to).panels)) {
                to++;
            }
            decodeTogether(layers, from, to, x, rows, y, pool);
        }
    }

    /** Layers {@code from .. to-1}, whose panels want activations in the same form. */
    private static void decodeTogether(
            List<Linear> layers, int from, int to, float[] x, int rows, float[][] y, WorkerPool pool) {
        for (int i = from; i < to; i++) {
            layers.get(i).check(x, rows, y[i]);
        }
        var first = layers.get(from);
        boolean many = rows >= MANY_ROWS;
        var input = first.panels.pack(x, rows, first.inputs, many ? Sizes.TILE : first.panels.groups(), pool);
        var tasks = pool.workspace().tasks;
        tasks.clear();
        long multiplyAdds = 0;
        for (int i = from; i < to; i++) {
            var layer = layers.get(i);
            tasks.add(
                    many
                            ? layer.panels.manyRows(input, layer.outputs, y[i], pool)
                            : new StrideRun(layer.panels, input, layer.outputs, y[i], pool));
            multiplyAdds += (long) rows * layer.inputs * layer.outputs;
        }
        tasks.runAll(pool, multiplyAdds);
    }

    private static void checkSameInputs(List<Linear> layers) {
        int inputs = layers.getFirst().inputs;
        for (var layer : layers) {
            if (layer.inputs != inputs) {
                throw new IllegalArgumentException(
                        "layers of " + inputs + " and " + layer.inputs + " inputs cannot read the same rows");
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

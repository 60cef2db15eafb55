package io.hayloft.kernels;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A linear layer whose channels fall into blocks of equal size that do not see each other:
 * {@code y[b][j] = bias[b][j] + Σ_i x[b][i] w[b][i][j]}, i in ascending order.
 *
 * <p>The vector lane is j, so that no result depends on the vector width, or on the rows that are computed together.
 */
public final class BlockDiagonal {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ORDER);
    private static final long VECTOR = 4L * L;

    /** Rows of one task: a block of weights is read once for every four of them. */
    private static final int TASK_ROWS = 32;

    /** Products below which no other thread is woken. */
    private static final long ALONE = 1 << 18;

    private final MemorySegment weights;
    private final float[] bias;
    private final int blocks;
    private final int size;

    private BlockDiagonal(MemorySegment weights, float[] bias, int blocks, int size) {
        this.weights = weights;
        this.bias = bias;
        this.blocks = blocks;
        this.size = size;
    }

    /**
     * Packs the weights.
     *
     * @param rows {@code [blocks * size][size]}: row i of block b has the weights of input channel i
     * @param bias {@code [blocks * size]}
     */
    public static BlockDiagonal pack(WeightRows rows, float[] bias, NativeMemory memory) {
        int size = rows.columns();
        if (rows.rows() % size != 0 || bias.length != rows.rows()) {
            throw new IllegalArgumentException(rows.rows() + " rows of " + size + " with " + bias.length + " biases");
        }
        var data = memory.allocate(4L * rows.rows() * size);
        var row = new float[size];
        for (int i = 0; i < rows.rows(); i++) {
            rows.readRow(i, row, 0);
            MemorySegment.copy(row, 0, data, FLOAT, 4L * i * size, size);
        }
        return new BlockDiagonal(data, bias, rows.rows() / size, size);
    }

    /** Channels of a row, in and out. */
    public int width() {
        return blocks * size;
    }

    /** y {@code [rows][width]} = this layer of x {@code [rows][width]}, another array. */
    public void apply(float[] x, int rows, float[] y, WorkerPool pool) {
        int groups = (rows + TASK_ROWS - 1) / TASK_ROWS;
        WorkerPool.Task task = (index, worker) -> {
            int from = index / blocks * TASK_ROWS;
            applyBlock(index % blocks, x, from, Math.min(rows, from + TASK_ROWS), y);
        };
        if ((long) rows * width() * size < ALONE) {
            pool.runAlone(groups * blocks, task);
        } else {
            pool.run(groups * blocks, task);
        }
    }

    private void applyBlock(int block, float[] x, int from, int to, float[] y) {
        int row = from;
        for (; row <= to - 4; row += 4) {
            int j = 0;
            for (; j <= size - 2 * L; j += 2 * L) {
                fourRows(block, j, x, row * width() + block * size, y);
            }
            for (int i = row; i < row + 4; i++) {
                oneRow(block, j, x, i * width() + block * size, y);
            }
        }
        for (; row < to; row++) {
            oneRow(block, 0, x, row * width() + block * size, y);
        }
    }

    /** Two vectors of results from j on, of four rows; x and y at {@code at}. */
    private void fourRows(int block, int j, float[] x, int at, float[] y) {
        int width = width();
        var a0 = FloatVector.zero(F);
        var b0 = a0;
        var a1 = a0;
        var b1 = a0;
        var a2 = a0;
        var b2 = a0;
        var a3 = a0;
        var b3 = a0;
        long w = weightsAt(block, j);
        for (int i = at; i < at + size; i++, w += 4L * size) {
            var u = FloatVector.fromMemorySegment(F, weights, w, ORDER);
            var v = FloatVector.fromMemorySegment(F, weights, w + VECTOR, ORDER);
            var t = FloatVector.broadcast(F, x[i]);
            a0 = t.fma(u, a0);
            b0 = t.fma(v, b0);
            t = FloatVector.broadcast(F, x[i + width]);
            a1 = t.fma(u, a1);
            b1 = t.fma(v, b1);
            t = FloatVector.broadcast(F, x[i + 2 * width]);
            a2 = t.fma(u, a2);
            b2 = t.fma(v, b2);
            t = FloatVector.broadcast(F, x[i + 3 * width]);
            a3 = t.fma(u, a3);
            b3 = t.fma(v, b3);
        }
        var biasA = FloatVector.fromArray(F, bias, block * size + j);
        var biasB = FloatVector.fromArray(F, bias, block * size + j + L);
        a0.add(biasA).intoArray(y, at + j);
        b0.add(biasB).intoArray(y, at + j + L);
        a1.add(biasA).intoArray(y, at + width + j);
        b1.add(biasB).intoArray(y, at + width + j + L);
        a2.add(biasA).intoArray(y, at + 2 * width + j);
        b2.add(biasB).intoArray(y, at + 2 * width + j + L);
        a3.add(biasA).intoArray(y, at + 3 * width + j);
        b3.add(biasB).intoArray(y, at + 3 * width + j + L);
    }

    /** The results from j on, of one row; x and y at {@code at}. */
    private void oneRow(int block, int j, float[] x, int at, float[] y) {
        for (; j <= size - 2 * L; j += 2 * L) {
            var a = FloatVector.zero(F);
            var b = a;
            long w = weightsAt(block, j);
            for (int i = at; i < at + size; i++, w += 4L * size) {
                var t = FloatVector.broadcast(F, x[i]);
                a = t.fma(FloatVector.fromMemorySegment(F, weights, w, ORDER), a);
                b = t.fma(FloatVector.fromMemorySegment(F, weights, w + VECTOR, ORDER), b);
            }
            a.add(FloatVector.fromArray(F, bias, block * size + j)).intoArray(y, at + j);
            b.add(FloatVector.fromArray(F, bias, block * size + j + L)).intoArray(y, at + j + L);
        }
        for (; j <= size - L; j += L) {
            var a = FloatVector.zero(F);
            long w = weightsAt(block, j);
            for (int i = at; i < at + size; i++, w += 4L * size) {
                a = FloatVector.broadcast(F, x[i]).fma(FloatVector.fromMemorySegment(F, weights, w, ORDER), a);
            }
            a.add(FloatVector.fromArray(F, bias, block * size + j)).intoArray(y, at + j);
        }
        for (; j < size; j++) {
            float a = 0;
            long w = weightsAt(block, j);
            for (int i = at; i < at + size; i++, w += 4L * size) {
                a = Math.fma(x[i], weights.get(FLOAT, w), a);
            }
            y[at + j] = a + bias[block * size + j];
        }
    }

    private long weightsAt(int block, int j) {
        return 4L * ((long) block * size * size + j);
    }
}

package io.hayloft.onednn;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.ScaledBytes;
import io.hayloft.kernels.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Factors of 8 bits with a scale for each row and block of inputs, of the prompt and of the weights alike; sums in 32-bit
 * integers are exact.
 *
 * <p>The library multiplies unsigned by signed bytes fastest. So the prompt's are stored 128 higher than they are, which
 * adds to each sum 128 times the sum of the output's weights: its correction.
 */
final class ByteArithmetic implements Arithmetic {
    /** Bytes of the scale and the correction that an output has in each block. */
    static final int SCALE_BYTES = Float.BYTES + Integer.BYTES;

    /** Rows that one task quantises. */
    private static final int TASK = 16;

    private static final Types TYPES = new Types(OneDnn.U8, OneDnn.S8, OneDnn.S32, Byte.BYTES);

    private final int mostInputs;
    private final FactorRows factors = new FactorRows(Byte.BYTES);
    private float[] rowScales = {};
    private int rows;

    /**
     * No rows yet.
     *
     * @param mostInputs that share a scale
     */
    ByteArithmetic(int mostInputs) {
        this.mostInputs = mostInputs;
    }

    @Override
    public Types types() {
        return TYPES;
    }

    @Override
    public Blocks blocks(int inputs) {
        return Blocks.of(inputs, mostInputs);
    }

    @Override
    public Scales newScales(int outputs, NativeMemory memory) {
        long scaleBytes = (long) Float.BYTES * outputs;
        var both = memory.allocate((long) SCALE_BYTES * outputs);
        return new Scales(both.asSlice(0, scaleBytes), both.asSlice(scaleBytes));
    }

    @Override
    public void writeWeights(
            float[] row, int from, int count, @Nullable Scales scales, int output, MemorySegment dst, long dstOffset) {
        var known = Objects.requireNonNull(scales);
        float scale = ScaledBytes.scale(row, from, count);
        int sum = ScaledBytes.quantize(row, from, count, scale, 0, dst, dstOffset);
        known.scales().setAtIndex(ValueLayout.JAVA_FLOAT, output, scale);
        known.corrections().setAtIndex(ValueLayout.JAVA_INT, output, ScaledBytes.UNSIGNED_ZERO * sum);
    }

    @Override
    public void fill(float[] x, int count, int inputs, WorkerPool pool) {
        var blocks = blocks(inputs);
        factors.reserve(count, blocks);
        rows = count;
        if (rowScales.length < count * blocks.count()) {
            rowScales = new float[count * blocks.count()];
        }
        pool.run((count + TASK - 1) / TASK, (task, worker) -> {
            for (int row = task * TASK; row < Math.min(count, (task + 1) * TASK); row++) {
                for (int block = 0; block < blocks.count(); block++) {
                    fillBlock(x, row * inputs + blocks.first(block), blocks.size(block), block, row);
                }
            }
        });
    }

    private void fillBlock(float[] x, int at, int count, int block, int row) {
        float scale = ScaledBytes.scale(x, at, count);
        rowScales[block * rows + row] = scale;
        ScaledBytes.quantize(
                x, at, count, scale, ScaledBytes.UNSIGNED_ZERO, factors.data(), factors.offset(block, row));
    }

    @Override
    public long address(int block, int row) {
        return factors.address(block, row);
    }

    @Override
    public void addResults(
            MemorySegment sums,
            int outputs,
            @Nullable Scales scales,
            int block,
            int first,
            int count,
            float[] y,
            int width,
            int column) {
        var known = Objects.requireNonNull(scales);
        for (int row = 0; row < count; row++) {
            long from = 4L * row * outputs;
            float rowScale = rowScales[block * rows + first + row];
            int at = (first + row) * width + column;
            if (block == 0) {
                ScaledBytes.toFloats(sums, from, known.corrections(), known.scales(), rowScale, y, at, outputs);
            } else {
                ScaledBytes.addFloats(sums, from, known.corrections(), known.scales(), rowScale, y, at, outputs);
            }
        }
    }

    @Override
    public void close() {
        factors.close();
    }
}

package io.hayloft.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.BrainFloats;
import io.hayloft.kernels.WorkerPool;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Factors rounded to bfloat16, sums in 32-bit floats. */
final class BrainArithmetic implements Arithmetic {
    /** Rows that one task rounds. */
    private static final int TASK = 32;

    private static final Types TYPES = new Types(OneDnn.BF16, OneDnn.BF16, OneDnn.F32, Short.BYTES);

    private final FactorRows factors = new FactorRows(Short.BYTES);

    @Override
    public Types types() {
        return TYPES;
    }

    @Override
    public Blocks blocks(int inputs) {
        return new Blocks(inputs, 1);
    }

    @Override
    public @Nullable Scales newScales(int outputs, NativeMemory memory) {
        return null;
    }

    @Override
    public void writeWeights(
            float[] row, int from, int count, @Nullable Scales scales, int output, MemorySegment dst, long dstOffset) {
        BrainFloats.round(row, from, dst, dstOffset, count);
    }

    @Override
    public void fill(float[] x, int rows, int inputs, WorkerPool pool) {
        factors.reserve(rows, blocks(inputs));
        pool.run((rows + TASK - 1) / TASK, (task, worker) -> {
            int first = task * TASK;
            int count = Math.min(TASK, rows - first) * inputs;
            BrainFloats.round(x, first * inputs, factors.data(), factors.offset(0, first), count);
        });
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
            int rows,
            float[] y,
            int width,
            int column) {
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(sums, JAVA_FLOAT, 4L * row * outputs, y, (first + row) * width + column, outputs);
        }
    }

    @Override
    public void close() {
        factors.close();
    }
}

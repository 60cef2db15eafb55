package io.hayloft.onednn;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a session: how floats become factors of products and sums of products become floats. Holds the rows of
 * the prompt that are being multiplied, as factors, in blocks of inputs: {@code [blocks][rows][inputs of the block]}.
 */
interface Arithmetic extends AutoCloseable {
    /**
     * Element types in the library.
     *
     * @param rows of factors from the prompt
     * @param weights of factors from the model
     * @param sums of what the library computes
     * @param factorBytes bytes of a factor
     */
    record Types(int rows, int weights, int sums, int factorBytes) {}

    /**
     * The numbers that turn sums of a block into floats.
     *
     * @param scales of each output's weights, floats
     * @param corrections what each output's sums have too much, 32-bit integers
     */
    record Scales(MemorySegment scales, MemorySegment corrections) {
        long bytes() {
            return scales.byteSize() + corrections.byteSize();
        }
    }

    Types types();

    /** How this many inputs are divided. */
    Blocks blocks(int inputs);

    /** Makes the scales that {@link #writeWeights} shall fill for a block, in this memory; null if floats need no scales. */
    @Nullable
    Scales newScales(int outputs, NativeMemory memory);

    /**
     * Writes weights of one output as factors.
     *
     * @param output which one of those that the scales are for
     */
    void writeWeights(
            float[] row, int from, int count, @Nullable Scales scales, int output, MemorySegment dst, long dstOffset);

    /** Takes the next rows, {@code [rows][inputs]}; those before are gone. */
    void fill(float[] x, int rows, int inputs, WorkerPool pool);

    /** Address of a row's factors in a block. {@link Products#MOST_ROWS} rows from there can be read. */
    long address(int block, int row);

    /**
     * Writes or, from the second block on, adds the results of some rows.
     *
     * @param sums what the library computed, {@code [rows][outputs]}
     * @param y {@code [all rows][width]}
     * @param column first of the outputs in a row of y
     */
    void addResults(
            MemorySegment sums,
            int outputs,
            @Nullable Scales scales,
            int block,
            int first,
            int rows,
            float[] y,
            int width,
            int column);

    @Override
    void close();
}

package io.hayloft.kernels;

/** Sums of blocks of activations: what the offset or the minimum of a block of codes is multiplied by. */
final class BlockSums {
    private BlockSums() {}

    /** The sum of each block of activations {@code [rows][columns]}, packed in groups {@code [rows][blocks]}. */
    static RowGroups pack(float[] x, int rows, int columns, int block, RowGroups.Sizes sizes, WorkerPool pool) {
        int blocks = block == 0 ? 0 : columns / block;
        var sums = pool.workspace().plainSums.ofSize(rows * blocks);
        for (int i = 0; i < rows * blocks; i++) {
            sums[i] = sum(x, i * block, block);
        }
        return RowGroups.pack(sums, rows, blocks, sizes, RowGroups.ONES, pool.workspace().sums, pool);
    }

    /** Four interleaved partial sums: the order is part of the result. */
    static float sum(float[] x, int at, int count) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int j = at; j < at + count; j += 4) {
            a += x[j];
            b += x[j + 1];
            c += x[j + 2];
            d += x[j + 3];
        }
        return (a + b) + (c + d);
    }
}

package io.hayloft.engine.kernel;

import io.hayloft.engine.kernel.Workspace.Shared;

/**
 * What quantised panels need to know of each block of activations, for many rows.
 *
 * @param sums {@code [rows][blocks]} sum of a block, to be multiplied by minima
 * @param starts the same times the offset of the codes, negative, in groups: where a chain begins
 */
record BlockInputs(float[] sums, RowGroups starts) {
    static BlockInputs of(CodePanels panels, float[] x, int rows, WorkerPool pool) {
        var sums = sums(panels, x, rows, pool);
        int offset = -panels.format().offset();
        return new BlockInputs(sums, RowGroups.pack(sums, rows, panels.blocks(), offset, Shared.BLOCK_STARTS, pool));
    }

    /** The sum of each block of activations, {@code [rows][blocks]}. */
    static float[] sums(CodePanels panels, float[] x, int rows, WorkerPool pool) {
        int blocks = rows * panels.blocks();
        int size = panels.format().block();
        var sums = pool.workspace().shared(Shared.BLOCK_SUMS, blocks);
        for (int i = 0; i < blocks; i++) {
            sums[i] = sum(x, i * size, size);
        }
        return sums;
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

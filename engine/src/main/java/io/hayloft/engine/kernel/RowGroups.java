package io.hayloft.engine.kernel;

import io.hayloft.engine.kernel.Workspace.Shared;

/**
 * Rows of activations in the groups that a register tile handles at once, packed {@code [group][k][row of the group]}
 * so that a tile reads them in order. A group begins at {@code firstRow * columns}; missing rows of the last are zero.
 *
 * @param data packed activations
 * @param rows number of rows
 * @param columns elements of a row
 */
record RowGroups(float[] data, int rows, int columns) {
    /** Rows of a full group: as many as the vector registers of this width allow. */
    static final int LARGE = VectorWidth.BITS == 512 ? 12 : 4;

    /** Rows of the groups that make up the rest. */
    static final int SMALL = 4;

    /** Rows of the group that begins when this many rows are left. */
    static int size(int left) {
        return left > LARGE - SMALL ? LARGE : SMALL;
    }

    /** Number of rows of all groups together, the missing ones included. */
    static int padded(int rows) {
        int full = rows / LARGE * LARGE;
        int rest = rows - full;
        return full + (rest > LARGE - SMALL ? LARGE : (rest + SMALL - 1) / SMALL * SMALL);
    }

    /**
     * Packs rows {@code [rows][columns]}, each element times a factor, into the workspace of the pool.
     *
     * @param purpose which shared array of the workspace
     */
    static RowGroups pack(float[] x, int rows, int columns, float factor, Shared purpose, WorkerPool pool) {
        int size = Math.multiplyExact(padded(rows), columns);
        var groups = new RowGroups(pool.workspace().shared(purpose, size), rows, columns);
        int tasks = (rows + LARGE - 1) / LARGE;
        Linear.run(pool, tasks, size, (i, worker) -> {
            for (int row = i * LARGE, end = Math.min(rows, row + LARGE); row < end; row += size(rows - row)) {
                groups.fill(x, row, factor);
            }
        });
        return groups;
    }

    private void fill(float[] x, int firstRow, float factor) {
        int size = size(rows - firstRow);
        int base = firstRow * columns;
        for (int r = 0; r < size; r++) {
            boolean present = firstRow + r < rows;
            int from = present ? (firstRow + r) * columns : 0;
            float times = present ? factor : 0;
            for (int k = 0; k < columns; k++) {
                data[base + k * size + r] = x[from + k] * times;
            }
        }
    }

    /** Where element k of the group that begins at a row lies; the group's rows follow each other. */
    int at(int row, int k) {
        return row * columns + k * size(rows - row);
    }
}

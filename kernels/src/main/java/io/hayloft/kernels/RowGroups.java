package io.hayloft.kernels;

import io.hayloft.kernels.Workspace.Scratch;

/**
 * Rows of activations in the groups that a kernel handles at once, packed {@code [group][k][row of the group]} so that
 * it reads them in order. A group begins at {@code firstRow * columns}; rows that are missing in the last are zero.
 */
final class RowGroups {
    /** No factors. */
    static final float[] ONES = {1, 1, 1, 1};

    /** How rows are cut into groups: large ones, then smaller ones for the rest. */
    enum Sizes {
        /** For {@link Tile}: as many rows as the vector registers of this width allow. */
        TILE(VectorWidth.BITS == 512 ? 12 : 4) {
            @Override
            int of(int left) {
                return left > 8 ? large() : 4;
            }
        },
        /** For multiplying packed weights directly: two or three rows are done as if they were four. */
        FOUR(4) {
            @Override
            int of(int left) {
                return left > 1 ? 4 : 1;
            }
        },
        /** The same where there are registers for eight rows, which are worth it from seven on. */
        EIGHT(8) {
            @Override
            int of(int left) {
                return left > 6 ? 8 : FOUR.of(left);
            }
        };

        private final int large;

        Sizes(int large) {
            this.large = large;
        }

        /** Rows of a large group. */
        int large() {
            return large;
        }

        /** Rows of the group that begins when this many rows are left. */
        abstract int of(int left);

        /** Number of rows of all groups together, the missing ones included. */
        int padded(int rows) {
            int padded = rows / large * large;
            while (padded < rows) {
                padded += of(rows - padded);
            }
            return padded;
        }
    }

    private final float[] data;
    private final int rows;
    private final int columns;
    private final Sizes sizes;

    private RowGroups(float[] data, int rows, int columns, Sizes sizes) {
        this.data = data;
        this.rows = rows;
        this.columns = columns;
        this.sizes = sizes;
    }

    /**
     * Packs rows {@code [rows][columns]}.
     *
     * @param factors what element k of a row that is a group by itself is multiplied by: {@code factors[k % 4]}
     * @param scratch holds the packed rows
     */
    static RowGroups pack(
            float[] x, int rows, int columns, Sizes sizes, float[] factors, Scratch scratch, WorkerPool pool) {
        int size = Math.multiplyExact(sizes.padded(rows), columns);
        var groups = new RowGroups(scratch.ofSize(size), rows, columns, sizes);
        int tasks = (rows + sizes.large() - 1) / sizes.large();
        Linear.run(pool, tasks, size, (i, worker) -> {
            int end = Math.min(rows, (i + 1) * sizes.large());
            for (int row = i * sizes.large(); row < end; row += groups.size(row)) {
                groups.fill(x, row, factors);
            }
        });
        return groups;
    }

    private void fill(float[] x, int firstRow, float[] factors) {
        int size = size(firstRow);
        int base = firstRow * columns;
        if (size == 1) {
            for (int k = 0; k < columns; k++) {
                data[base + k] = x[base + k] * factors[k & 3];
            }
            return;
        }
        for (int r = 0; r < size; r++) {
            boolean present = firstRow + r < rows;
            int from = present ? (firstRow + r) * columns : 0;
            for (int k = 0; k < columns; k++) {
                data[base + k * size + r] = present ? x[from + k] : 0;
            }
        }
    }

    /** Rows of the group that begins at a row. */
    int size(int row) {
        return sizes.of(rows - row);
    }

    /** Where element k of the group that begins at a row lies; the group's rows follow each other. */
    int at(int row, int k) {
        return row * columns + k * size(row);
    }

    /** The packed elements; the array may be longer. */
    float[] data() {
        return data;
    }

    int rows() {
        return rows;
    }

    /** Elements of a row. */
    int columns() {
        return columns;
    }

    Sizes sizes() {
        return sizes;
    }
}

package io.hayloft.kernels;

import java.util.Arrays;

/**
 * Packed weights: panels of 32 output rows, inside a panel ascending k, inside a k the 32 rows side by side. A vector
 * lane is an output row, so no kernel needs a horizontal sum. Rows beyond the last are zero.
 */
sealed interface Panels permits FloatPanels, HalfPanels, CodePanels {
    /** Output rows of a panel. */
    int ROWS = 32;

    /** Vectors that a direct multiplication handles at once, to have enough independent chains. */
    int VECTORS = 4;

    /** Weight rows of a direct multiplication: two panels at 512 bits, else one. */
    int STRIDE = Math.max(ROWS, VECTORS * VectorWidth.LANES);

    /** Panels of a direct multiplication. */
    int PANELS = STRIDE / ROWS;

    /** Rows of a panel that one call of a direct kernel handles, and how far apart its two pairs' results are. */
    int LANE_STEP = Math.min(ROWS, VECTORS * VectorWidth.LANES);

    int PAIR_RESULTS = STRIDE > ROWS ? ROWS : 2 * VectorWidth.LANES;

    /**
     * Distance in bytes of the second pair of vectors of a direct kernel from the first: the same rows of the second panel
     * at 512 bits, else the next rows.
     */
    static long pairDistance(int panel, int second, long panelBytes) {
        if (STRIDE > ROWS) {
            return (second - panel) * panelBytes;
        }
        return 2L * Float.BYTES * VectorWidth.LANES;
    }

    /** Bytes of all panels. */
    long bytes();

    /**
     * Writes the weights of a panel as floats, equal to the file's to the bit.
     *
     * @param from first k, a multiple of every block size
     * @param count number of k
     * @param dst receives {@code [count][32]}
     */
    void expand(int panel, int from, int count, float[] dst);

    /** How {@link #multiply} wants rows to be grouped. */
    default RowGroups.Sizes groups() {
        return RowGroups.Sizes.FOUR;
    }

    /** Factors of a row that forms a group of its own in {@link #multiply}: element k is scaled by {@code factors[k % 4]}. */
    default float[] factors() {
        return RowGroups.ONES;
    }

    /** Elements with a common scale; 0 if the sums of blocks are not wanted by {@link #multiply}. */
    default int block() {
        return 0;
    }

    /** Whether another's {@link #multiply} takes activations in the same form. */
    default boolean sameInput(Panels other) {
        return groups() == other.groups() && block() == other.block() && Arrays.equals(factors(), other.factors());
    }

    /** Activations {@code [rows][columns]} in groups, those of {@link #groups} for {@link #multiply}. */
    default Input pack(float[] x, int rows, int columns, RowGroups.Sizes groups, WorkerPool pool) {
        var space = pool.workspace();
        return new Input(
                RowGroups.pack(x, rows, columns, groups, factors(), space.activations, pool),
                BlockSums.pack(x, rows, columns, block(), groups, pool));
    }

    /**
     * The product of {@link #multiply} with many rows, by register tiles: the same bits, from weights that are unpacked once.
     *
     * @param x in groups for tiles
     * @param y receives {@code [rows][outputs]}
     */
    default JoinedTasks.Part manyRows(Input x, int outputs, float[] y, WorkerPool pool) {
        return new TileRun(this, x.x(), outputs, y, pool);
    }

    /**
     * One group of activation rows times {@link #STRIDE} rows of weights, straight from the packed form.
     *
     * @param panel first panel
     * @param second panel whose rows come behind those of the first at 512 bits; the first itself for none
     * @param row first row of the group
     * @param tile receives {@code [rows of the group][STRIDE]}; what belongs to no panel is left undefined
     */
    void multiply(int panel, int second, Input x, int row, float[] tile);

    /**
     * Activations for {@link #multiply}.
     *
     * @param x rows in groups, single ones scaled by {@link #factors()}
     * @param sums sums of blocks of the plain activations, in groups
     */
    record Input(RowGroups x, RowGroups sums) {}
}

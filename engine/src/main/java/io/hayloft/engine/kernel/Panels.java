package io.hayloft.engine.kernel;

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

    /** Rows of a panel that one call of a direct kernel handles, and how far apart its two pairs' results are. */
    int LANE_STEP = Math.min(ROWS, VECTORS * VectorWidth.LANES);

    int PAIR_RESULTS = STRIDE > ROWS ? ROWS : 2 * VectorWidth.LANES;

    /**
     * Distance in bytes of the second pair of vectors of a direct kernel from the first: the same rows of the next panel
     * at 512 bits, else the next rows. The last panel stands in for one that does not exist.
     */
    static long pairDistance(int panel, long panelBytes, long bytes) {
        if (STRIDE > ROWS) {
            return (panel + 2) * panelBytes <= bytes ? panelBytes : 0;
        }
        return 2L * Float.BYTES * VectorWidth.LANES;
    }

    /** Bytes of all panels. */
    long bytes();

    /** Parts of this many k are stored together; ranges begin and end at multiples. */
    int granularity();

    /**
     * Writes the weights of a panel as floats, equal to the file's to the bit.
     *
     * @param from first k
     * @param count number of k
     * @param dst receives {@code [count][32]}
     */
    void expand(int panel, int from, int count, float[] dst);

    /** Activation rows in the form that {@link #multiply} reads, prepared in the workspace of the pool. */
    Activations prepare(float[] x, int rows, WorkerPool pool);

    /**
     * One activation row times {@link #STRIDE} rows of weights, straight from the packed form.
     *
     * @param panel first panel
     * @param row which of the prepared rows
     * @param y receives as many results from {@code yAt}; those of a panel that does not exist are left undefined
     */
    void multiply(int panel, Activations x, int row, float[] y, int yAt);

    /**
     * Activation rows for {@link #multiply}.
     *
     * @param x {@code [rows][columns]}; quantised panels scale it by powers of two
     * @param columns elements of a row
     * @param sums {@code [rows][blocks]} sum of each block of a quantised layer; unused otherwise
     * @param blocks number of blocks of a row
     */
    record Activations(float[] x, int columns, float[] sums, int blocks) {}
}

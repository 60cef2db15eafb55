package io.hayloft.engine.kernel;

/**
 * Packed weights: panels of 32 output rows, inside a panel ascending k, inside a k the 32 rows side by side. A vector
 * lane is an output row, so no kernel needs a horizontal sum. Rows beyond the last are zero.
 */
sealed interface Panels permits FloatPanels, HalfPanels, CodePanels {
    /** Output rows of a panel. */
    int ROWS = 32;

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
     * One activation row times a panel, straight from the packed form.
     *
     * @param row which of the prepared rows
     * @param y receives 32 results from {@code yAt}
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

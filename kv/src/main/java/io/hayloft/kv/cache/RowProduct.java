package io.hayloft.kv.cache;

/**
 * The operands of a product with the rows of a matrix, and the place of its result: {@code out[head][lane] += sum over rows of
 * x[head][row] * m[row][lane]}. One object is used again and again.
 */
final class RowProduct {
    float[] x = {}; // [heads][xStride]: queries, or probabilities
    int xAt;
    int xStride;
    int heads;
    float[] out = {}; // [heads][outStride]
    int outAt;
    int outStride;

    /** Takes the rows of x, for as many heads as before or as {@link #to} says. */
    RowProduct of(float[] newX, int at, int stride) {
        x = newX;
        xAt = at;
        xStride = stride;
        return this;
    }

    /** Takes the heads and where their products are added. */
    RowProduct to(int newHeads, float[] newOut, int at, int stride) {
        heads = newHeads;
        out = newOut;
        outAt = at;
        outStride = stride;
        return this;
    }

    /**
     * How many of the heads that are left a kernel computes together: up to four, because their sums have to fit the
     * registers; 5 are split 3 + 2 and 6 are split 3 + 3.
     */
    static int together(int left) {
        return left <= 4 ? left : left <= 6 ? 3 : 4;
    }
}

package io.hayloft.kernels;

/**
 * Register tiles: a group of activation rows times a panel of 32 weight rows, lane = weight row.
 *
 * <p>Each element of the result is one chain of fused multiply-adds over ascending k, whatever the tile, so a row comes
 * out the same in any group.
 */
final class Tile {
    private Tile() {}

    /**
     * Adds {@code Σ x[k] w[k]} to the sums of a group, continuing the chain that they hold.
     *
     * @param size rows of the group
     * @param count elements of k
     * @param x packed activations {@code [count][size]} from {@code xAt}
     * @param w weights {@code [count][32]}
     * @param sums {@code [size][32]} from {@code at}
     */
    static void sum(int size, int count, float[] x, int xAt, float[] w, float[] sums, int at) {
        sum(size, count, x, xAt, w, 0, sums, at);
    }

    /** The same with weights from {@code wAt}. */
    static void sum(int size, int count, float[] x, int xAt, float[] w, int wAt, float[] sums, int at) {
        for (int lane = 0; lane < Panels.ROWS; lane += 2 * VectorWidth.LANES) {
            if (size == 12) {
                Tile12.sum(count, x, xAt, w, wAt + lane, sums, at + lane);
            } else {
                Tile4.sum(count, x, xAt, w, wAt + lane, sums, at + lane);
            }
        }
    }
}

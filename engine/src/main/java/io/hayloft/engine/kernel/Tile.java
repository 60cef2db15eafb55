package io.hayloft.engine.kernel;

/**
 * Register tiles: a group of activation rows times a panel of 32 weight rows, lane = weight row.
 *
 * <p>Each element of the result is one chain of fused multiply-adds over ascending k, whatever the tile, so a row comes
 * out the same in any group.
 */
final class Tile {
    private static final float[] ZEROS = new float[Panels.ROWS];

    private Tile() {}

    /**
     * Computes {@code Σ x[k] w[k]} of a group, or continues the chain of an earlier stretch of k.
     *
     * @param size rows of the group
     * @param count elements of k
     * @param x packed activations {@code [count][size]} from {@code xAt}
     * @param w weights {@code [count][32]}
     * @param first whether this is the first stretch: the sums begin at zero
     * @param sums 32 of each row of the group, the first from {@code at}
     * @param row distance of the rows of {@code sums}
     */
    static void sum(int size, int count, float[] x, int xAt, float[] w, boolean first, float[] sums, int at, int row) {
        var from = first ? ZEROS : sums;
        int fromAt = first ? 0 : at;
        int fromRow = first ? 0 : row;
        for (int lane = 0; lane < Panels.ROWS; lane += 2 * VectorWidth.LANES) {
            if (size == 12) {
                Tile12.sum(count, x, xAt, w, lane, from, fromAt + lane, fromRow, sums, at + lane, row);
            } else {
                Tile4.sum(count, x, xAt, w, lane, from, fromAt + lane, fromRow, sums, at + lane, row);
            }
        }
    }
}

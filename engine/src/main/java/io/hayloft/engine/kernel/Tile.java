package io.hayloft.engine.kernel;

import java.lang.foreign.MemorySegment;

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
        for (int lane = 0; lane < Panels.ROWS; lane += 2 * VectorWidth.LANES) {
            if (size == 12) {
                Tile12.sum(count, x, xAt, w, lane, sums, at + lane);
            } else {
                Tile4.sum(count, x, xAt, w, lane, sums, at + lane);
            }
        }
    }

    /**
     * Adds one quantised block: {@code sums += scale * (start + Σ x[k] code[k])}.
     *
     * @param codes codes as floats {@code [count][32]} from {@code codesAt}
     * @param starts where the chain of each row begins, {@code [size]} from {@code startsAt}
     * @param scales holds the 32 scales of the block at byte {@code scalesAt}
     */
    static void fold(
            int size,
            int count,
            float[] x,
            int xAt,
            float[] codes,
            int codesAt,
            float[] starts,
            int startsAt,
            MemorySegment scales,
            long scalesAt,
            float[] sums,
            int at) {
        for (int lane = 0; lane < Panels.ROWS; lane += 2 * VectorWidth.LANES) {
            long scale = scalesAt + 4L * lane;
            if (size == 12) {
                Tile12.fold(count, x, xAt, codes, codesAt + lane, starts, startsAt, scales, scale, sums, at + lane);
            } else {
                Tile4.fold(count, x, xAt, codes, codesAt + lane, starts, startsAt, scales, scale, sums, at + lane);
            }
        }
    }
}

package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of {@link BlockTileRun} where 12 rows and two vectors of outputs fit the registers: of each block of
 * quantised values a chain of its own, which is added to the results times the block's scale.
 *
 * <p>Written out in full for the reason that {@link Tile12} gives.
 */
final class BlockTile12 {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final int ROW = Panels.ROWS;

    private BlockTile12() {}

    /** A block of a panel and the activations of a group; each array is read from its offset on. */
    static final class Block {
        /** Quantised values of a row. */
        int count;

        /** Activations {@code [count][12]}. */
        float[] x = {};

        int xAt;

        /** Quantised values as floats {@code [count][32]}. */
        float[] codes = {};

        int codesAt;

        /** Scales {@code [32]} and, where the type has them, minima {@code [32]}. */
        float[] scales = {};

        int scalesAt;

        /** Sums of each row's activations {@code [12]}. */
        float[] sums = {};

        int sumsAt;

        /** The first summand of a chain is this times the row's sum. */
        float start;

        /** Whether there are minima. */
        boolean minimum;
    }

    /** Adds the products with the vectors of outputs from {@code lane} to the results {@code [12][32]} from {@code at}. */
    static void add(Block block, int lane, float[] results, int at) {
        var x = block.x;
        var w = block.codes;
        var sums = block.sums;
        int sumsAt = block.sumsAt;
        int xAt = block.xAt;
        int wAt = block.codesAt + lane;
        int count = block.count;
        float start = block.start;
        var a0 = FloatVector.broadcast(F, start * sums[sumsAt + 0]);
        var b0 = FloatVector.broadcast(F, start * sums[sumsAt + 0]);
        var a1 = FloatVector.broadcast(F, start * sums[sumsAt + 1]);
        var b1 = FloatVector.broadcast(F, start * sums[sumsAt + 1]);
        var a2 = FloatVector.broadcast(F, start * sums[sumsAt + 2]);
        var b2 = FloatVector.broadcast(F, start * sums[sumsAt + 2]);
        var a3 = FloatVector.broadcast(F, start * sums[sumsAt + 3]);
        var b3 = FloatVector.broadcast(F, start * sums[sumsAt + 3]);
        var a4 = FloatVector.broadcast(F, start * sums[sumsAt + 4]);
        var b4 = FloatVector.broadcast(F, start * sums[sumsAt + 4]);
        var a5 = FloatVector.broadcast(F, start * sums[sumsAt + 5]);
        var b5 = FloatVector.broadcast(F, start * sums[sumsAt + 5]);
        var a6 = FloatVector.broadcast(F, start * sums[sumsAt + 6]);
        var b6 = FloatVector.broadcast(F, start * sums[sumsAt + 6]);
        var a7 = FloatVector.broadcast(F, start * sums[sumsAt + 7]);
        var b7 = FloatVector.broadcast(F, start * sums[sumsAt + 7]);
        var a8 = FloatVector.broadcast(F, start * sums[sumsAt + 8]);
        var b8 = FloatVector.broadcast(F, start * sums[sumsAt + 8]);
        var a9 = FloatVector.broadcast(F, start * sums[sumsAt + 9]);
        var b9 = FloatVector.broadcast(F, start * sums[sumsAt + 9]);
        var a10 = FloatVector.broadcast(F, start * sums[sumsAt + 10]);
        var b10 = FloatVector.broadcast(F, start * sums[sumsAt + 10]);
        var a11 = FloatVector.broadcast(F, start * sums[sumsAt + 11]);
        var b11 = FloatVector.broadcast(F, start * sums[sumsAt + 11]);
        for (int k = 0; k < count; k++) {
            int i = xAt + k * 12;
            int j = wAt + k * ROW;
            var u = FloatVector.fromArray(F, w, j);
            var v = FloatVector.fromArray(F, w, j + L);
            var x0 = FloatVector.broadcast(F, x[i + 0]);
            a0 = x0.fma(u, a0);
            b0 = x0.fma(v, b0);
            var x1 = FloatVector.broadcast(F, x[i + 1]);
            a1 = x1.fma(u, a1);
            b1 = x1.fma(v, b1);
            var x2 = FloatVector.broadcast(F, x[i + 2]);
            a2 = x2.fma(u, a2);
            b2 = x2.fma(v, b2);
            var x3 = FloatVector.broadcast(F, x[i + 3]);
            a3 = x3.fma(u, a3);
            b3 = x3.fma(v, b3);
            var x4 = FloatVector.broadcast(F, x[i + 4]);
            a4 = x4.fma(u, a4);
            b4 = x4.fma(v, b4);
            var x5 = FloatVector.broadcast(F, x[i + 5]);
            a5 = x5.fma(u, a5);
            b5 = x5.fma(v, b5);
            var x6 = FloatVector.broadcast(F, x[i + 6]);
            a6 = x6.fma(u, a6);
            b6 = x6.fma(v, b6);
            var x7 = FloatVector.broadcast(F, x[i + 7]);
            a7 = x7.fma(u, a7);
            b7 = x7.fma(v, b7);
            var x8 = FloatVector.broadcast(F, x[i + 8]);
            a8 = x8.fma(u, a8);
            b8 = x8.fma(v, b8);
            var x9 = FloatVector.broadcast(F, x[i + 9]);
            a9 = x9.fma(u, a9);
            b9 = x9.fma(v, b9);
            var x10 = FloatVector.broadcast(F, x[i + 10]);
            a10 = x10.fma(u, a10);
            b10 = x10.fma(v, b10);
            var x11 = FloatVector.broadcast(F, x[i + 11]);
            a11 = x11.fma(u, a11);
            b11 = x11.fma(v, b11);
        }
        var scales = block.scales;
        int scalesAt = block.scalesAt + lane;
        int to = at + lane;
        var s = FloatVector.fromArray(F, scales, scalesAt);
        var t = FloatVector.fromArray(F, scales, scalesAt + L);
        a0.fma(s, FloatVector.fromArray(F, results, to + 0 * ROW)).intoArray(results, to + 0 * ROW);
        b0.fma(t, FloatVector.fromArray(F, results, to + 0 * ROW + L)).intoArray(results, to + 0 * ROW + L);
        a1.fma(s, FloatVector.fromArray(F, results, to + 1 * ROW)).intoArray(results, to + 1 * ROW);
        b1.fma(t, FloatVector.fromArray(F, results, to + 1 * ROW + L)).intoArray(results, to + 1 * ROW + L);
        a2.fma(s, FloatVector.fromArray(F, results, to + 2 * ROW)).intoArray(results, to + 2 * ROW);
        b2.fma(t, FloatVector.fromArray(F, results, to + 2 * ROW + L)).intoArray(results, to + 2 * ROW + L);
        a3.fma(s, FloatVector.fromArray(F, results, to + 3 * ROW)).intoArray(results, to + 3 * ROW);
        b3.fma(t, FloatVector.fromArray(F, results, to + 3 * ROW + L)).intoArray(results, to + 3 * ROW + L);
        a4.fma(s, FloatVector.fromArray(F, results, to + 4 * ROW)).intoArray(results, to + 4 * ROW);
        b4.fma(t, FloatVector.fromArray(F, results, to + 4 * ROW + L)).intoArray(results, to + 4 * ROW + L);
        a5.fma(s, FloatVector.fromArray(F, results, to + 5 * ROW)).intoArray(results, to + 5 * ROW);
        b5.fma(t, FloatVector.fromArray(F, results, to + 5 * ROW + L)).intoArray(results, to + 5 * ROW + L);
        a6.fma(s, FloatVector.fromArray(F, results, to + 6 * ROW)).intoArray(results, to + 6 * ROW);
        b6.fma(t, FloatVector.fromArray(F, results, to + 6 * ROW + L)).intoArray(results, to + 6 * ROW + L);
        a7.fma(s, FloatVector.fromArray(F, results, to + 7 * ROW)).intoArray(results, to + 7 * ROW);
        b7.fma(t, FloatVector.fromArray(F, results, to + 7 * ROW + L)).intoArray(results, to + 7 * ROW + L);
        a8.fma(s, FloatVector.fromArray(F, results, to + 8 * ROW)).intoArray(results, to + 8 * ROW);
        b8.fma(t, FloatVector.fromArray(F, results, to + 8 * ROW + L)).intoArray(results, to + 8 * ROW + L);
        a9.fma(s, FloatVector.fromArray(F, results, to + 9 * ROW)).intoArray(results, to + 9 * ROW);
        b9.fma(t, FloatVector.fromArray(F, results, to + 9 * ROW + L)).intoArray(results, to + 9 * ROW + L);
        a10.fma(s, FloatVector.fromArray(F, results, to + 10 * ROW)).intoArray(results, to + 10 * ROW);
        b10.fma(t, FloatVector.fromArray(F, results, to + 10 * ROW + L)).intoArray(results, to + 10 * ROW + L);
        a11.fma(s, FloatVector.fromArray(F, results, to + 11 * ROW)).intoArray(results, to + 11 * ROW);
        b11.fma(t, FloatVector.fromArray(F, results, to + 11 * ROW + L)).intoArray(results, to + 11 * ROW + L);
        if (block.minimum) {
            addMinima(block, scales, scalesAt + ROW, results, to);
        }
    }

    private static void addMinima(Block block, float[] scales, int at, float[] results, int to) {
        var m = FloatVector.fromArray(F, scales, at);
        var n = FloatVector.fromArray(F, scales, at + L);
        for (int row = 0, i = to; row < 12; row++, i += ROW) {
            var sum = FloatVector.broadcast(F, block.sums[block.sumsAt + row]);
            m.fma(sum, FloatVector.fromArray(F, results, i)).intoArray(results, i);
            n.fma(sum, FloatVector.fromArray(F, results, i + L)).intoArray(results, i + L);
        }
    }
}

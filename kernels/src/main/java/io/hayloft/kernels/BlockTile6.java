package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of {@link BlockTileRun} where there are 32 registers: six rows of a group of twelve by two vectors of
 * outputs. Each block of quantised values has a chain of its own, which is added to the results times the block's scale;
 * chains and results both stay in registers.
 *
 * <p>Written out in full for the reason that {@link Tile12} gives.
 */
final class BlockTile6 {
    /** Rows of the tile. */
    static final int ROWS = 6;

    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final int ROW = Panels.ROWS;
    private static final int GROUP = 12;

    private BlockTile6() {}

    /** Consecutive blocks of a panel and the activations of a group; each array is read from its offset on. */
    static final class Blocks {
        int blocks;

        /** Quantised values of a block's row. */
        int count;

        /** Activations {@code [blocks][count][12]}. */
        float[] x = {};

        int xAt;

        /** Quantised values as floats {@code [blocks][count][32]}. */
        float[] codes = {};

        /** Scales {@code [32]} and, where the type has them, minima {@code [32]} of each block {@code [blocks][2][32]}. */
        float[] scales = {};

        int scalesAt;

        /** Sums of each row's activations {@code [blocks][12]}. */
        float[] sums = {};

        int sumsAt;

        /** The first summand of a chain is this times the row's sum. */
        float start;

        /** Whether there are minima. */
        boolean minimum;
    }

    /**
     * Adds the products with the vectors of outputs from {@code lane} on to the results.
     *
     * @param first of the group's rows, 0 or 6
     * @param results {@code [12][32]} from {@code at} on
     */
    static void add(Blocks b, int first, int lane, float[] results, int at) {
        var x = b.x;
        var w = b.codes;
        var scales = b.scales;
        var sums = b.sums;
        int count = b.count;
        float start = b.start;
        boolean minimum = b.minimum;
        int i = b.xAt + first;
        int j = lane;
        int scale = b.scalesAt + lane;
        int sum = b.sumsAt + first;
        int to = at + first * ROW + lane;
        var r0 = FloatVector.fromArray(F, results, to + 0 * ROW);
        var s0 = FloatVector.fromArray(F, results, to + 0 * ROW + L);
        var r1 = FloatVector.fromArray(F, results, to + 1 * ROW);
        var s1 = FloatVector.fromArray(F, results, to + 1 * ROW + L);
        var r2 = FloatVector.fromArray(F, results, to + 2 * ROW);
        var s2 = FloatVector.fromArray(F, results, to + 2 * ROW + L);
        var r3 = FloatVector.fromArray(F, results, to + 3 * ROW);
        var s3 = FloatVector.fromArray(F, results, to + 3 * ROW + L);
        var r4 = FloatVector.fromArray(F, results, to + 4 * ROW);
        var s4 = FloatVector.fromArray(F, results, to + 4 * ROW + L);
        var r5 = FloatVector.fromArray(F, results, to + 5 * ROW);
        var s5 = FloatVector.fromArray(F, results, to + 5 * ROW + L);
        for (int block = 0; block < b.blocks; block++, scale += 2 * ROW, sum += GROUP) {
            var a0 = FloatVector.broadcast(F, start * sums[sum + 0]);
            var b0 = a0;
            var a1 = FloatVector.broadcast(F, start * sums[sum + 1]);
            var b1 = a1;
            var a2 = FloatVector.broadcast(F, start * sums[sum + 2]);
            var b2 = a2;
            var a3 = FloatVector.broadcast(F, start * sums[sum + 3]);
            var b3 = a3;
            var a4 = FloatVector.broadcast(F, start * sums[sum + 4]);
            var b4 = a4;
            var a5 = FloatVector.broadcast(F, start * sums[sum + 5]);
            var b5 = a5;
            for (int k = 0; k < count; k++, i += GROUP, j += ROW) {
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
            }
            var c = FloatVector.fromArray(F, scales, scale);
            var d = FloatVector.fromArray(F, scales, scale + L);
            r0 = a0.fma(c, r0);
            s0 = b0.fma(d, s0);
            r1 = a1.fma(c, r1);
            s1 = b1.fma(d, s1);
            r2 = a2.fma(c, r2);
            s2 = b2.fma(d, s2);
            r3 = a3.fma(c, r3);
            s3 = b3.fma(d, s3);
            r4 = a4.fma(c, r4);
            s4 = b4.fma(d, s4);
            r5 = a5.fma(c, r5);
            s5 = b5.fma(d, s5);
            if (minimum) {
                var m = FloatVector.fromArray(F, scales, scale + ROW);
                var n = FloatVector.fromArray(F, scales, scale + ROW + L);
                var y0 = FloatVector.broadcast(F, sums[sum + 0]);
                r0 = m.fma(y0, r0);
                s0 = n.fma(y0, s0);
                var y1 = FloatVector.broadcast(F, sums[sum + 1]);
                r1 = m.fma(y1, r1);
                s1 = n.fma(y1, s1);
                var y2 = FloatVector.broadcast(F, sums[sum + 2]);
                r2 = m.fma(y2, r2);
                s2 = n.fma(y2, s2);
                var y3 = FloatVector.broadcast(F, sums[sum + 3]);
                r3 = m.fma(y3, r3);
                s3 = n.fma(y3, s3);
                var y4 = FloatVector.broadcast(F, sums[sum + 4]);
                r4 = m.fma(y4, r4);
                s4 = n.fma(y4, s4);
                var y5 = FloatVector.broadcast(F, sums[sum + 5]);
                r5 = m.fma(y5, r5);
                s5 = n.fma(y5, s5);
            }
        }
        r0.intoArray(results, to + 0 * ROW);
        s0.intoArray(results, to + 0 * ROW + L);
        r1.intoArray(results, to + 1 * ROW);
        s1.intoArray(results, to + 1 * ROW + L);
        r2.intoArray(results, to + 2 * ROW);
        s2.intoArray(results, to + 2 * ROW + L);
        r3.intoArray(results, to + 3 * ROW);
        s3.intoArray(results, to + 3 * ROW + L);
        r4.intoArray(results, to + 4 * ROW);
        s4.intoArray(results, to + 4 * ROW + L);
        r5.intoArray(results, to + 5 * ROW);
        s5.intoArray(results, to + 5 * ROW + L);
    }
}

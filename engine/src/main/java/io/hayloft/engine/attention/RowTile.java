package io.hayloft.engine.attention;

import io.hayloft.engine.kernel.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of many rows with a panel: out[row][lane] += sum over k of x[row][k] * panel[k][lane], k in order. Tiles of 12
 * rows by two vectors where there are 32 registers, of 4 rows by two vectors where there are 16; a row's result is the
 * same in every tile.
 */
final class RowTile {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    /** Rows of the largest tile. */
    static final int ROWS = VectorWidth.BITS == 512 ? 12 : 4;

    private RowTile() {}

    /**
     * Adds the products.
     *
     * @param rows number of rows of x [rows][xStride] and of out [rows][outStride]
     * @param depth number of rows of the panel [depth][panelStride]
     * @param lanes lanes of the panel to compute: a multiple of two vectors
     */
    static void add(
            int rows,
            int depth,
            int lanes,
            float[] x,
            int xAt,
            int xStride,
            float[] panel,
            int panelAt,
            int panelStride,
            float[] out,
            int outAt,
            int outStride) {
        int row = 0;
        while (row < rows) {
            int left = rows - row;
            int together = left >= ROWS ? ROWS : left >= 4 ? 4 : 1;
            int from = xAt + row * xStride;
            int to = outAt + row * outStride;
            for (int lane = 0; lane < lanes; lane += 2 * LANES) {
                if (together == 12) {
                    add12(depth, x, from, xStride, panel, panelAt + lane, panelStride, out, to + lane, outStride);
                } else if (together == 4) {
                    add4(depth, x, from, xStride, panel, panelAt + lane, panelStride, out, to + lane, outStride);
                } else {
                    add1(depth, x, from, panel, panelAt + lane, panelStride, out, to + lane);
                }
            }
            row += together;
        }
    }

    private static void add1(
            int depth, float[] x, int xAt, float[] panel, int panelAt, int stride, float[] out, int outAt) {
        var a = FloatVector.fromArray(FLOATS, out, outAt);
        var b = FloatVector.fromArray(FLOATS, out, outAt + LANES);
        for (int k = 0; k < depth; k++) {
            var w = FloatVector.broadcast(FLOATS, x[xAt + k]);
            a = w.fma(FloatVector.fromArray(FLOATS, panel, panelAt + k * stride), a);
            b = w.fma(FloatVector.fromArray(FLOATS, panel, panelAt + k * stride + LANES), b);
        }
        a.intoArray(out, outAt);
        b.intoArray(out, outAt + LANES);
    }

    private static void add4(
            int depth,
            float[] x,
            int xAt,
            int xStride,
            float[] panel,
            int panelAt,
            int stride,
            float[] out,
            int outAt,
            int outStride) {
        var a0 = FloatVector.fromArray(FLOATS, out, outAt);
        var b0 = FloatVector.fromArray(FLOATS, out, outAt + LANES);
        var a1 = FloatVector.fromArray(FLOATS, out, outAt + outStride);
        var b1 = FloatVector.fromArray(FLOATS, out, outAt + outStride + LANES);
        var a2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * outStride);
        var b2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * outStride + LANES);
        var a3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * outStride);
        var b3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * outStride + LANES);
        for (int k = 0; k < depth; k++) {
            var wa = FloatVector.fromArray(FLOATS, panel, panelAt + k * stride);
            var wb = FloatVector.fromArray(FLOATS, panel, panelAt + k * stride + LANES);
            var x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
            a0 = x0.fma(wa, a0);
            b0 = x0.fma(wb, b0);
            var x1 = FloatVector.broadcast(FLOATS, x[xAt + xStride + k]);
            a1 = x1.fma(wa, a1);
            b1 = x1.fma(wb, b1);
            var x2 = FloatVector.broadcast(FLOATS, x[xAt + 2 * xStride + k]);
            a2 = x2.fma(wa, a2);
            b2 = x2.fma(wb, b2);
            var x3 = FloatVector.broadcast(FLOATS, x[xAt + 3 * xStride + k]);
            a3 = x3.fma(wa, a3);
            b3 = x3.fma(wb, b3);
        }
        a0.intoArray(out, outAt);
        b0.intoArray(out, outAt + LANES);
        a1.intoArray(out, outAt + outStride);
        b1.intoArray(out, outAt + outStride + LANES);
        a2.intoArray(out, outAt + 2 * outStride);
        b2.intoArray(out, outAt + 2 * outStride + LANES);
        a3.intoArray(out, outAt + 3 * outStride);
        b3.intoArray(out, outAt + 3 * outStride + LANES);
    }

    private static void add12(
            int depth,
            float[] x,
            int xAt,
            int xStride,
            float[] panel,
            int panelAt,
            int stride,
            float[] out,
            int outAt,
            int outStride) {
        var a0 = FloatVector.fromArray(FLOATS, out, outAt);
        var b0 = FloatVector.fromArray(FLOATS, out, outAt + LANES);
        var a1 = FloatVector.fromArray(FLOATS, out, outAt + outStride);
        var b1 = FloatVector.fromArray(FLOATS, out, outAt + outStride + LANES);
        var a2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * outStride);
        var b2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * outStride + LANES);
        var a3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * outStride);
        var b3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * outStride + LANES);
        var a4 = FloatVector.fromArray(FLOATS, out, outAt + 4 * outStride);
        var b4 = FloatVector.fromArray(FLOATS, out, outAt + 4 * outStride + LANES);
        var a5 = FloatVector.fromArray(FLOATS, out, outAt + 5 * outStride);
        var b5 = FloatVector.fromArray(FLOATS, out, outAt + 5 * outStride + LANES);
        var a6 = FloatVector.fromArray(FLOATS, out, outAt + 6 * outStride);
        var b6 = FloatVector.fromArray(FLOATS, out, outAt + 6 * outStride + LANES);
        var a7 = FloatVector.fromArray(FLOATS, out, outAt + 7 * outStride);
        var b7 = FloatVector.fromArray(FLOATS, out, outAt + 7 * outStride + LANES);
        var a8 = FloatVector.fromArray(FLOATS, out, outAt + 8 * outStride);
        var b8 = FloatVector.fromArray(FLOATS, out, outAt + 8 * outStride + LANES);
        var a9 = FloatVector.fromArray(FLOATS, out, outAt + 9 * outStride);
        var b9 = FloatVector.fromArray(FLOATS, out, outAt + 9 * outStride + LANES);
        var a10 = FloatVector.fromArray(FLOATS, out, outAt + 10 * outStride);
        var b10 = FloatVector.fromArray(FLOATS, out, outAt + 10 * outStride + LANES);
        var a11 = FloatVector.fromArray(FLOATS, out, outAt + 11 * outStride);
        var b11 = FloatVector.fromArray(FLOATS, out, outAt + 11 * outStride + LANES);
        for (int k = 0; k < depth; k++) {
            var wa = FloatVector.fromArray(FLOATS, panel, panelAt + k * stride);
            var wb = FloatVector.fromArray(FLOATS, panel, panelAt + k * stride + LANES);
            var x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
            a0 = x0.fma(wa, a0);
            b0 = x0.fma(wb, b0);
            var x1 = FloatVector.broadcast(FLOATS, x[xAt + xStride + k]);
            a1 = x1.fma(wa, a1);
            b1 = x1.fma(wb, b1);
            var x2 = FloatVector.broadcast(FLOATS, x[xAt + 2 * xStride + k]);
            a2 = x2.fma(wa, a2);
            b2 = x2.fma(wb, b2);
            var x3 = FloatVector.broadcast(FLOATS, x[xAt + 3 * xStride + k]);
            a3 = x3.fma(wa, a3);
            b3 = x3.fma(wb, b3);
            var x4 = FloatVector.broadcast(FLOATS, x[xAt + 4 * xStride + k]);
            a4 = x4.fma(wa, a4);
            b4 = x4.fma(wb, b4);
            var x5 = FloatVector.broadcast(FLOATS, x[xAt + 5 * xStride + k]);
            a5 = x5.fma(wa, a5);
            b5 = x5.fma(wb, b5);
            var x6 = FloatVector.broadcast(FLOATS, x[xAt + 6 * xStride + k]);
            a6 = x6.fma(wa, a6);
            b6 = x6.fma(wb, b6);
            var x7 = FloatVector.broadcast(FLOATS, x[xAt + 7 * xStride + k]);
            a7 = x7.fma(wa, a7);
            b7 = x7.fma(wb, b7);
            var x8 = FloatVector.broadcast(FLOATS, x[xAt + 8 * xStride + k]);
            a8 = x8.fma(wa, a8);
            b8 = x8.fma(wb, b8);
            var x9 = FloatVector.broadcast(FLOATS, x[xAt + 9 * xStride + k]);
            a9 = x9.fma(wa, a9);
            b9 = x9.fma(wb, b9);
            var x10 = FloatVector.broadcast(FLOATS, x[xAt + 10 * xStride + k]);
            a10 = x10.fma(wa, a10);
            b10 = x10.fma(wb, b10);
            var x11 = FloatVector.broadcast(FLOATS, x[xAt + 11 * xStride + k]);
            a11 = x11.fma(wa, a11);
            b11 = x11.fma(wb, b11);
        }
        a0.intoArray(out, outAt);
        b0.intoArray(out, outAt + LANES);
        a1.intoArray(out, outAt + outStride);
        b1.intoArray(out, outAt + outStride + LANES);
        a2.intoArray(out, outAt + 2 * outStride);
        b2.intoArray(out, outAt + 2 * outStride + LANES);
        a3.intoArray(out, outAt + 3 * outStride);
        b3.intoArray(out, outAt + 3 * outStride + LANES);
        a4.intoArray(out, outAt + 4 * outStride);
        b4.intoArray(out, outAt + 4 * outStride + LANES);
        a5.intoArray(out, outAt + 5 * outStride);
        b5.intoArray(out, outAt + 5 * outStride + LANES);
        a6.intoArray(out, outAt + 6 * outStride);
        b6.intoArray(out, outAt + 6 * outStride + LANES);
        a7.intoArray(out, outAt + 7 * outStride);
        b7.intoArray(out, outAt + 7 * outStride + LANES);
        a8.intoArray(out, outAt + 8 * outStride);
        b8.intoArray(out, outAt + 8 * outStride + LANES);
        a9.intoArray(out, outAt + 9 * outStride);
        b9.intoArray(out, outAt + 9 * outStride + LANES);
        a10.intoArray(out, outAt + 10 * outStride);
        b10.intoArray(out, outAt + 10 * outStride + LANES);
        a11.intoArray(out, outAt + 11 * outStride);
        b11.intoArray(out, outAt + 11 * outStride + LANES);
    }
}

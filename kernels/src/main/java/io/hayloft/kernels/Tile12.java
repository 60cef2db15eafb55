package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of 12 rows by two vectors: 24 accumulators, two vectors of weights and the broadcast fit 32 registers.
 *
 * <p>Written out in full: the accumulators must be local variables of one method, a helper that takes vectors would box
 * them when the JIT compiler stops inlining.
 */
final class Tile12 {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final int ROW = Panels.ROWS;

    private Tile12() {}

    /** See {@link Tile#sum}; {@code wAt} and {@code at} are those of this pair of vectors. */
    static void sum(int count, float[] x, int xAt, float[] w, int wAt, float[] sums, int at) {
        var a0 = FloatVector.fromArray(F, sums, at + 0 * ROW);
        var b0 = FloatVector.fromArray(F, sums, at + 0 * ROW + L);
        var a1 = FloatVector.fromArray(F, sums, at + 1 * ROW);
        var b1 = FloatVector.fromArray(F, sums, at + 1 * ROW + L);
        var a2 = FloatVector.fromArray(F, sums, at + 2 * ROW);
        var b2 = FloatVector.fromArray(F, sums, at + 2 * ROW + L);
        var a3 = FloatVector.fromArray(F, sums, at + 3 * ROW);
        var b3 = FloatVector.fromArray(F, sums, at + 3 * ROW + L);
        var a4 = FloatVector.fromArray(F, sums, at + 4 * ROW);
        var b4 = FloatVector.fromArray(F, sums, at + 4 * ROW + L);
        var a5 = FloatVector.fromArray(F, sums, at + 5 * ROW);
        var b5 = FloatVector.fromArray(F, sums, at + 5 * ROW + L);
        var a6 = FloatVector.fromArray(F, sums, at + 6 * ROW);
        var b6 = FloatVector.fromArray(F, sums, at + 6 * ROW + L);
        var a7 = FloatVector.fromArray(F, sums, at + 7 * ROW);
        var b7 = FloatVector.fromArray(F, sums, at + 7 * ROW + L);
        var a8 = FloatVector.fromArray(F, sums, at + 8 * ROW);
        var b8 = FloatVector.fromArray(F, sums, at + 8 * ROW + L);
        var a9 = FloatVector.fromArray(F, sums, at + 9 * ROW);
        var b9 = FloatVector.fromArray(F, sums, at + 9 * ROW + L);
        var a10 = FloatVector.fromArray(F, sums, at + 10 * ROW);
        var b10 = FloatVector.fromArray(F, sums, at + 10 * ROW + L);
        var a11 = FloatVector.fromArray(F, sums, at + 11 * ROW);
        var b11 = FloatVector.fromArray(F, sums, at + 11 * ROW + L);
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
        a0.intoArray(sums, at + 0 * ROW);
        b0.intoArray(sums, at + 0 * ROW + L);
        a1.intoArray(sums, at + 1 * ROW);
        b1.intoArray(sums, at + 1 * ROW + L);
        a2.intoArray(sums, at + 2 * ROW);
        b2.intoArray(sums, at + 2 * ROW + L);
        a3.intoArray(sums, at + 3 * ROW);
        b3.intoArray(sums, at + 3 * ROW + L);
        a4.intoArray(sums, at + 4 * ROW);
        b4.intoArray(sums, at + 4 * ROW + L);
        a5.intoArray(sums, at + 5 * ROW);
        b5.intoArray(sums, at + 5 * ROW + L);
        a6.intoArray(sums, at + 6 * ROW);
        b6.intoArray(sums, at + 6 * ROW + L);
        a7.intoArray(sums, at + 7 * ROW);
        b7.intoArray(sums, at + 7 * ROW + L);
        a8.intoArray(sums, at + 8 * ROW);
        b8.intoArray(sums, at + 8 * ROW + L);
        a9.intoArray(sums, at + 9 * ROW);
        b9.intoArray(sums, at + 9 * ROW + L);
        a10.intoArray(sums, at + 10 * ROW);
        b10.intoArray(sums, at + 10 * ROW + L);
        a11.intoArray(sums, at + 11 * ROW);
        b11.intoArray(sums, at + 11 * ROW + L);
    }
}

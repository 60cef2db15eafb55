package io.hayloft.engine.kernel;

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

    /** See {@link Tile#sum}; {@code wAt}, {@code fromAt} and {@code toAt} are those of this pair of vectors. */
    static void sum(
            int count,
            float[] x,
            int xAt,
            float[] w,
            int wAt,
            float[] from,
            int fromAt,
            int fromRow,
            float[] to,
            int toAt,
            int toRow) {
        var a0 = FloatVector.fromArray(F, from, fromAt + 0 * fromRow);
        var b0 = FloatVector.fromArray(F, from, fromAt + 0 * fromRow + L);
        var a1 = FloatVector.fromArray(F, from, fromAt + 1 * fromRow);
        var b1 = FloatVector.fromArray(F, from, fromAt + 1 * fromRow + L);
        var a2 = FloatVector.fromArray(F, from, fromAt + 2 * fromRow);
        var b2 = FloatVector.fromArray(F, from, fromAt + 2 * fromRow + L);
        var a3 = FloatVector.fromArray(F, from, fromAt + 3 * fromRow);
        var b3 = FloatVector.fromArray(F, from, fromAt + 3 * fromRow + L);
        var a4 = FloatVector.fromArray(F, from, fromAt + 4 * fromRow);
        var b4 = FloatVector.fromArray(F, from, fromAt + 4 * fromRow + L);
        var a5 = FloatVector.fromArray(F, from, fromAt + 5 * fromRow);
        var b5 = FloatVector.fromArray(F, from, fromAt + 5 * fromRow + L);
        var a6 = FloatVector.fromArray(F, from, fromAt + 6 * fromRow);
        var b6 = FloatVector.fromArray(F, from, fromAt + 6 * fromRow + L);
        var a7 = FloatVector.fromArray(F, from, fromAt + 7 * fromRow);
        var b7 = FloatVector.fromArray(F, from, fromAt + 7 * fromRow + L);
        var a8 = FloatVector.fromArray(F, from, fromAt + 8 * fromRow);
        var b8 = FloatVector.fromArray(F, from, fromAt + 8 * fromRow + L);
        var a9 = FloatVector.fromArray(F, from, fromAt + 9 * fromRow);
        var b9 = FloatVector.fromArray(F, from, fromAt + 9 * fromRow + L);
        var a10 = FloatVector.fromArray(F, from, fromAt + 10 * fromRow);
        var b10 = FloatVector.fromArray(F, from, fromAt + 10 * fromRow + L);
        var a11 = FloatVector.fromArray(F, from, fromAt + 11 * fromRow);
        var b11 = FloatVector.fromArray(F, from, fromAt + 11 * fromRow + L);
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
        a0.intoArray(to, toAt + 0 * toRow);
        b0.intoArray(to, toAt + 0 * toRow + L);
        a1.intoArray(to, toAt + 1 * toRow);
        b1.intoArray(to, toAt + 1 * toRow + L);
        a2.intoArray(to, toAt + 2 * toRow);
        b2.intoArray(to, toAt + 2 * toRow + L);
        a3.intoArray(to, toAt + 3 * toRow);
        b3.intoArray(to, toAt + 3 * toRow + L);
        a4.intoArray(to, toAt + 4 * toRow);
        b4.intoArray(to, toAt + 4 * toRow + L);
        a5.intoArray(to, toAt + 5 * toRow);
        b5.intoArray(to, toAt + 5 * toRow + L);
        a6.intoArray(to, toAt + 6 * toRow);
        b6.intoArray(to, toAt + 6 * toRow + L);
        a7.intoArray(to, toAt + 7 * toRow);
        b7.intoArray(to, toAt + 7 * toRow + L);
        a8.intoArray(to, toAt + 8 * toRow);
        b8.intoArray(to, toAt + 8 * toRow + L);
        a9.intoArray(to, toAt + 9 * toRow);
        b9.intoArray(to, toAt + 9 * toRow + L);
        a10.intoArray(to, toAt + 10 * toRow);
        b10.intoArray(to, toAt + 10 * toRow + L);
        a11.intoArray(to, toAt + 11 * toRow);
        b11.intoArray(to, toAt + 11 * toRow + L);
    }
}

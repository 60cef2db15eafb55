package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of 4 rows by two vectors: 8 accumulators, two vectors of weights and the broadcasts fit 16 registers.
 *
 * <p>Written out in full: the accumulators must be local variables of one method, a helper that takes vectors would box
 * them when the JIT compiler stops inlining.
 */
final class Tile4 {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final int ROW = Panels.ROWS;

    private Tile4() {}

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
        for (int k = 0; k < count; k++) {
            int i = xAt + k * 4;
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
        }
        a0.intoArray(sums, at + 0 * ROW);
        b0.intoArray(sums, at + 0 * ROW + L);
        a1.intoArray(sums, at + 1 * ROW);
        b1.intoArray(sums, at + 1 * ROW + L);
        a2.intoArray(sums, at + 2 * ROW);
        b2.intoArray(sums, at + 2 * ROW + L);
        a3.intoArray(sums, at + 3 * ROW);
        b3.intoArray(sums, at + 3 * ROW + L);
    }
}

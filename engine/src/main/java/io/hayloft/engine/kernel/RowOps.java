package io.hayloft.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The steps of which reductions of a row are made. */
final class RowOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    private RowOps() {}

    /** {@code out = exp(x - shift)}; {@code out} may be {@code x} at the same place. */
    static void expOfDifference(float[] x, int at, int n, float shift, float[] out, int outAt) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Exponential.exp(FloatVector.fromArray(F, x, at + i).sub(shift)).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = Exponential.exp(x[at + i] - shift);
        }
    }

    /** The largest element; negative infinity of none. */
    static float max(float[] x, int at, int n) {
        var largest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - L; i += L) {
            largest = largest.max(FloatVector.fromArray(F, x, at + i));
        }
        float max = largest.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** The first index from {@code i} on, below n, whose element is above a bound; n if there is none. */
    static int firstAbove(float[] x, int at, int i, int n, float bound) {
        for (; i <= n - L; i += L) {
            var above = FloatVector.fromArray(F, x, at + i).compare(VectorOperators.GT, bound);
            if (above.anyTrue()) {
                return i + above.firstTrue();
            }
        }
        while (i < n && !(x[at + i] > bound)) {
            i++;
        }
        return i;
    }

    /** Four interleaved partial sums. */
    static double sum(float[] x, int at, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            a += x[at + i];
            b += x[at + i + 1];
            c += x[at + i + 2];
            d += x[at + i + 3];
        }
        for (; i < n; i++) {
            a += x[at + i];
        }
        return (a + b) + (c + d);
    }

    /** Four interleaved partial sums of products. */
    static double sumOfProducts(float[] x, int xAt, float[] y, int yAt, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            a += (double) x[xAt + i] * y[yAt + i];
            b += (double) x[xAt + i + 1] * y[yAt + i + 1];
            c += (double) x[xAt + i + 2] * y[yAt + i + 2];
            d += (double) x[xAt + i + 3] * y[yAt + i + 3];
        }
        for (; i < n; i++) {
            a += (double) x[xAt + i] * y[yAt + i];
        }
        return (a + b) + (c + d);
    }

    /** Four interleaved partial sums of squares. */
    static double sumOfSquares(float[] x, int at, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            a += (double) x[at + i] * x[at + i];
            b += (double) x[at + i + 1] * x[at + i + 1];
            c += (double) x[at + i + 2] * x[at + i + 2];
            d += (double) x[at + i + 3] * x[at + i + 3];
        }
        for (; i < n; i++) {
            a += (double) x[at + i] * x[at + i];
        }
        return (a + b) + (c + d);
    }
}

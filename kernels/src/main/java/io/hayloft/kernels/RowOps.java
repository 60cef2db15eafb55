package io.hayloft.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The steps of which reductions of a row are made. */
final class RowOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final VectorSpecies<Float> F4 = FloatVector.SPECIES_128;
    private static final VectorSpecies<Double> D4 = DoubleVector.SPECIES_256;

    private RowOps() {}

    /** {@code out = exp(x - shift)}; {@code out} may be {@code x} at the same place. */
    static void expOfDifference(float[] x, int at, int n, float shift, float[] out, int outAt) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Exp.exp(FloatVector.fromArray(F, x, at + i).sub(shift)).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = Exp.exp(x[at + i] - shift);
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

    /**
     * To the bit what {@link #sumOfProducts} gives for x and each of four rows y {@code [4][n]}: a lane is one of its
     * partial sums, and the product of two floats is exact in double precision.
     *
     * @param n a multiple of 4
     */
    static void fourSumsOfProducts(float[] x, int xAt, float[] y, int yAt, int n, float[] out, int outAt) {
        var a = DoubleVector.zero(D4);
        var b = DoubleVector.zero(D4);
        var c = DoubleVector.zero(D4);
        var d = DoubleVector.zero(D4);
        for (int j = 0; j < n; j += 4) {
            int i = yAt + j;
            var u = FloatVector.fromArray(F4, x, xAt + j).convertShape(VectorOperators.F2D, D4, 0);
            a = (DoubleVector) FloatVector.fromArray(F4, y, i)
                    .convertShape(VectorOperators.F2D, D4, 0)
                    .mul(u)
                    .add(a);
            b = (DoubleVector) FloatVector.fromArray(F4, y, i + n)
                    .convertShape(VectorOperators.F2D, D4, 0)
                    .mul(u)
                    .add(b);
            c = (DoubleVector) FloatVector.fromArray(F4, y, i + 2 * n)
                    .convertShape(VectorOperators.F2D, D4, 0)
                    .mul(u)
                    .add(c);
            d = (DoubleVector) FloatVector.fromArray(F4, y, i + 3 * n)
                    .convertShape(VectorOperators.F2D, D4, 0)
                    .mul(u)
                    .add(d);
        }
        out[outAt] = (float) ((a.lane(0) + a.lane(1)) + (a.lane(2) + a.lane(3)));
        out[outAt + 1] = (float) ((b.lane(0) + b.lane(1)) + (b.lane(2) + b.lane(3)));
        out[outAt + 2] = (float) ((c.lane(0) + c.lane(1)) + (c.lane(2) + c.lane(3)));
        out[outAt + 3] = (float) ((d.lane(0) + d.lane(1)) + (d.lane(2) + d.lane(3)));
    }

    /** Eight interleaved partial sums of {@code p (x - y + shift)}, without the elements whose p is not above 0. */
    static double weightedDifference(float[] p, float[] x, float[] y, int yAt, double shift, int n) {
        var even = DoubleVector.zero(D4);
        var odd = DoubleVector.zero(D4);
        int i = 0;
        for (; i <= n - 8; i += 8) {
            even = weightedDifferences(p, x, y, i, yAt, shift).add(even);
            odd = weightedDifferences(p, x, y, i + 4, yAt, shift).add(odd);
        }
        var both = even.add(odd);
        double sum = (both.lane(0) + both.lane(1)) + (both.lane(2) + both.lane(3));
        for (; i < n; i++) {
            sum += p[i] > 0 ? p[i] * ((double) x[i] - y[yAt + i] + shift) : 0;
        }
        return sum;
    }

    private static DoubleVector weightedDifferences(float[] p, float[] x, float[] y, int i, int yAt, double shift) {
        var weights = doubles(p, i);
        return doubles(x, i)
                .sub(doubles(y, yAt + i))
                .add(shift)
                .mul(weights)
                .blend(0, weights.compare(VectorOperators.LE, 0)); // 0 times infinity is no number
    }

    private static DoubleVector doubles(float[] x, int at) {
        return (DoubleVector) FloatVector.fromArray(F4, x, at).convertShape(VectorOperators.F2D, D4, 0);
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

package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Operations that encoders need beside {@link VectorOps}: the norm with mean and variance, GELU by the error function, and
 * the product of a row and a small matrix.
 *
 * <p>Results do not depend on the vector width.
 */
public final class EncoderOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final float ROOT_OF_HALF = (float) Math.sqrt(0.5);

    // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: error of erf below 1.5e-7
    private static final float P = 0.3275911f;
    private static final float A1 = 0.254829592f;
    private static final float A2 = -0.284496736f;
    private static final float A3 = 1.421413741f;
    private static final float A4 = -1.453152027f;
    private static final float A5 = 1.061405429f;

    private EncoderOps() {}

    /**
     * Layer norm of one row in place: {@code x = (x - mean) / sqrt(variance + epsilon) * weight + bias}. Mean and variance
     * are taken in double precision.
     *
     * @param weight {@code [n]}
     * @param bias {@code [n]}
     */
    public static void layerNorm(float[] x, int at, int n, float[] weight, float[] bias, double epsilon) {
        double mean = RowOps.sum(x, at, n) / n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = x[at + i] - mean;
            squares += d * d;
        }
        double factor = 1 / Math.sqrt(squares / n + epsilon);
        for (int i = 0; i < n; i++) {
            x[at + i] = Math.fma((float) ((x[at + i] - mean) * factor), weight[i], bias[i]);
        }
    }

    /** {@code x = x / 2 * (1 + erf(x / sqrt 2))}, absolute error below 1e-6 for inputs of ordinary size. */
    public static void gelu(float[] x, int at, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var v = FloatVector.fromArray(F, x, at + i);
            var z = v.abs().mul(ROOT_OF_HALF);
            var t = z.broadcast(1).div(z.fma(z.broadcast(P), z.broadcast(1)));
            var p = t.fma(t.broadcast(A5), t.broadcast(A4));
            p = p.fma(t, t.broadcast(A3));
            p = p.fma(t, t.broadcast(A2));
            p = p.fma(t, t.broadcast(A1));
            var tail = p.mul(t).mul(Exponential.exp(z.mul(z).neg())); // 1 - erf(z)
            var half = v.mul(0.5f);
            var above = half.mul(tail.broadcast(2).sub(tail));
            above.blend(half.mul(tail), v.compare(VectorOperators.LT, 0f)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            float v = x[at + i];
            float z = Math.abs(v) * ROOT_OF_HALF;
            float t = 1 / Math.fma(z, P, 1);
            float p = Math.fma(t, A5, A4);
            p = Math.fma(p, t, A3);
            p = Math.fma(p, t, A2);
            p = Math.fma(p, t, A1);
            float tail = p * t * Exponential.exp(-(z * z));
            x[at + i] = v * 0.5f * (v < 0 ? tail : 2 - tail);
        }
    }

    /**
     * One row times a matrix: {@code out[j] = Σ_k row[k] * matrix[k][j]}, k in ascending order.
     *
     * @param row {@code [k]} from {@code rowAt}
     * @param matrix row k begins at {@code matrixAt + k * stride}
     * @param n columns that are computed
     */
    public static void multiply(
            float[] row, int rowAt, int k, float[] matrix, int matrixAt, int stride, int n, float[] out, int outAt) {
        int j = 0;
        for (; j <= n - 4 * L; j += 4 * L) {
            var a = FloatVector.zero(F);
            var b = FloatVector.zero(F);
            var c = FloatVector.zero(F);
            var d = FloatVector.zero(F);
            for (int i = 0; i < k; i++) {
                var x = FloatVector.broadcast(F, row[rowAt + i]);
                int at = matrixAt + i * stride + j;
                a = x.fma(FloatVector.fromArray(F, matrix, at), a);
                b = x.fma(FloatVector.fromArray(F, matrix, at + L), b);
                c = x.fma(FloatVector.fromArray(F, matrix, at + 2 * L), c);
                d = x.fma(FloatVector.fromArray(F, matrix, at + 3 * L), d);
            }
            a.intoArray(out, outAt + j);
            b.intoArray(out, outAt + j + L);
            c.intoArray(out, outAt + j + 2 * L);
            d.intoArray(out, outAt + j + 3 * L);
        }
        for (; j <= n - L; j += L) {
            var a = FloatVector.zero(F);
            for (int i = 0; i < k; i++) {
                a = FloatVector.broadcast(F, row[rowAt + i])
                        .fma(FloatVector.fromArray(F, matrix, matrixAt + i * stride + j), a);
            }
            a.intoArray(out, outAt + j);
        }
        for (; j < n; j++) {
            float a = 0;
            for (int i = 0; i < k; i++) {
                a = Math.fma(row[rowAt + i], matrix[matrixAt + i * stride + j], a);
            }
            out[outAt + j] = a;
        }
    }
}

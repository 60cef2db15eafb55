package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Operations of a decoder other than linear layers and attention, over parts of {@code float[]} arrays: norms,
 * activations, and the softmax and largest elements of a row of logits.
 *
 * <p>Results do not depend on the vector width: every lane, and every element left over, goes through the same steps;
 * sums run in double precision in a fixed order.
 */
public final class VectorOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Elements whose exponentials are held at once. */
    private static final int CHUNK = 512;

    /** GELU in its tanh form is {@code x * sigmoid(2 u)} with {@code u = sqrt(2 / pi) (x + 0.044715 x³)}. */
    static final float GELU_LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));

    static final float GELU_CUBIC = 0.044715f;

    private VectorOps() {}

    /**
     * Root-mean-square norm of one row: {@code out = x / sqrt(mean(x²) + epsilon) * weight}. The mean is taken in double
     * precision.
     *
     * @param weight {@code [n]}
     * @param out may be {@code x} with {@code outAt == xAt}
     */
    public static void rmsNorm(float[] x, int xAt, float[] weight, double epsilon, float[] out, int outAt, int n) {
        float factor = (float) (1 / Math.sqrt(RowOps.sumOfSquares(x, xAt, n) / n + epsilon));
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, xAt + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(F, weight, i))
                    .intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = x[xAt + i] * factor * weight[i];
        }
    }

    /**
     * Layer norm of one row: {@code out = (x - mean) / sqrt(variance + epsilon) * weight + bias}. Mean and variance are
     * summed in double precision.
     *
     * @param weight {@code [n]} from {@code weightAt} on
     * @param bias likewise; null for none
     * @param out may be {@code x} with {@code outAt == xAt}
     */
    public static void layerNorm(
            float[] x,
            int xAt,
            float[] weight,
            float @Nullable [] bias,
            int weightAt,
            double epsilon,
            float[] out,
            int outAt,
            int n) {
        float mean = (float) (RowOps.sum(x, xAt, n) / n);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, xAt + i).sub(mean).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = x[xAt + i] - mean;
        }
        float factor = (float) (1 / Math.sqrt(RowOps.sumOfSquares(out, outAt, n) / n + epsilon));
        for (i = 0; i <= n - L; i += L) {
            FloatVector.fromArray(F, out, outAt + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(F, weight, weightAt + i))
                    .intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = out[outAt + i] * factor * weight[weightAt + i];
        }
        if (bias != null) {
            addInPlace(out, outAt, bias, weightAt, n);
        }
    }

    /** The inner product of two rows, summed in double precision. */
    public static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        return (float) RowOps.sumOfProducts(x, xAt, y, yAt, n);
    }

    /**
     * The inner products of a row with rows that lie one behind the other, each to the bit what {@link #dot} gives.
     *
     * @param y {@code [count][n]}
     * @param out receives {@code [count]}
     */
    public static void dots(float[] x, int xAt, float[] y, int yAt, int n, int count, float[] out, int outAt) {
        int i = 0;
        if (n % 4 == 0 && VectorWidth.BITS >= 256) {
            for (; i <= count - 4; i += 4) {
                RowOps.fourSumsOfProducts(x, xAt, y, yAt + i * n, n, out, outAt + i);
            }
        }
        for (; i < count; i++) {
            out[outAt + i] = dot(x, xAt, y, yAt + i * n, n);
        }
    }

    /** {@code a += b}. */
    public static void addInPlace(float[] a, int aAt, float[] b, int bAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, a, aAt + i)
                    .add(FloatVector.fromArray(F, b, bAt + i))
                    .intoArray(a, aAt + i);
        }
        for (; i < n; i++) {
            a[aAt + i] += b[bAt + i];
        }
    }

    /** {@code a += factor * b}. */
    public static void addScaled(float[] a, int aAt, float[] b, int bAt, int n, float factor) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, b, bAt + i)
                    .mul(factor)
                    .add(FloatVector.fromArray(F, a, aAt + i))
                    .intoArray(a, aAt + i);
        }
        for (; i < n; i++) {
            a[aAt + i] += factor * b[bAt + i];
        }
    }

    /** The root of the mean of squares, which are summed in double precision. */
    public static double rootMeanSquare(float[] x, int at, int n) {
        return Math.sqrt(RowOps.sumOfSquares(x, at, n) / n);
    }

    /** {@code a *= b}, element by element. */
    public static void multiplyInPlace(float[] a, int aAt, float[] b, int bAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, a, aAt + i)
                    .mul(FloatVector.fromArray(F, b, bAt + i))
                    .intoArray(a, aAt + i);
        }
        for (; i < n; i++) {
            a[aAt + i] *= b[bAt + i];
        }
    }

    /** {@code x *= factor}. */
    public static void scale(float[] x, int at, int n, float factor) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, at + i).mul(factor).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] *= factor;
        }
    }

    /**
     * Rotates pairs of channels in place: (a, b) becomes (a cos - b sin, b cos + a sin), where a is channel i and b channel i +
     * pairs of the {@code 2 * pairs} channels from {@code at} on.
     *
     * @param cos cosine of each pair's angle {@code [pairs]} from {@code row} on
     * @param sin sine of it, likewise
     */
    public static void rotate(float[] x, int at, float[] cos, float[] sin, int row, int pairs) {
        int i = 0;
        for (; i <= pairs - L; i += L) {
            var c = FloatVector.fromArray(F, cos, row + i);
            var s = FloatVector.fromArray(F, sin, row + i);
            var a = FloatVector.fromArray(F, x, at + i);
            var b = FloatVector.fromArray(F, x, at + pairs + i);
            a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
            b.mul(c).add(a.mul(s)).intoArray(x, at + pairs + i);
        }
        for (; i < pairs; i++) {
            float a = x[at + i];
            float b = x[at + pairs + i];
            x[at + i] = a * cos[row + i] - b * sin[row + i];
            x[at + pairs + i] = b * cos[row + i] + a * sin[row + i];
        }
    }

    /** {@code out = gate / (1 + exp(-gate)) * up}; {@code out} may be either input at the same place. */
    public static void siluMultiply(float[] gate, int gateAt, float[] up, int upAt, float[] out, int outAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var g = FloatVector.fromArray(F, gate, gateAt + i);
            g.div(Exp.exp(g.neg()).add(1))
                    .mul(FloatVector.fromArray(F, up, upAt + i))
                    .intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            float g = gate[gateAt + i];
            out[outAt + i] = g / (Exp.exp(-g) + 1) * up[upAt + i];
        }
    }

    /** {@code out = gelu(gate) * up}, GELU in its tanh form; {@code out} may be either input at the same place. */
    public static void geluTanhMultiply(float[] gate, int gateAt, float[] up, int upAt, float[] out, int outAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var g = FloatVector.fromArray(F, gate, gateAt + i);
            var u = g.mul(g).mul(GELU_CUBIC).fma(g, g).mul(-GELU_LINEAR);
            g.div(Exp.exp(u).add(1)).mul(FloatVector.fromArray(F, up, upAt + i)).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            float g = gate[gateAt + i];
            float u = Math.fma(g * g * GELU_CUBIC, g, g) * -GELU_LINEAR;
            out[outAt + i] = g / (Exp.exp(u) + 1) * up[upAt + i];
        }
    }

    /** {@code x = cap * tanh(x / cap)}. */
    public static void softCap(float[] x, int at, int n, float cap) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Exp.tanh(FloatVector.fromArray(F, x, at + i).div(cap)).mul(cap).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = Exp.tanh(x[at + i] / cap) * cap;
        }
    }

    /** Turns scores into probabilities. */
    public static void softmax(float[] x, int at, int n) {
        RowOps.expOfDifference(x, at, n, RowOps.max(x, at, n), x, at);
        scale(x, at, n, (float) (1 / RowOps.sum(x, at, n)));
    }

    /** {@code log(Σ exp(x))}; the log-probability of an element is the element minus this. */
    public static double logSumExp(float[] x, int at, int n) {
        float max = RowOps.max(x, at, n);
        var chunk = new float[Math.min(n, CHUNK)];
        double sum = 0;
        for (int i = 0; i < n; i += CHUNK) {
            int count = Math.min(CHUNK, n - i);
            RowOps.expOfDifference(x, at + i, count, max, chunk, 0);
            sum += RowOps.sum(chunk, 0, count);
        }
        return max + Math.log(sum);
    }

    /**
     * {@code Σ p (x - y + shift)} over the elements whose weight p is above 0, in double precision: with probabilities p, their
     * logits x, other logits y and the difference of both {@link #logSumExp}, the Kullback-Leibler divergence in nats.
     *
     * @param p [n]
     * @param x [n]
     * @param y [n] from {@code yAt}
     */
    public static double weightedDifference(float[] p, float[] x, float[] y, int yAt, double shift, int n) {
        return RowOps.weightedDifference(p, x, y, yAt, shift, n);
    }

    /** Index, relative to {@code at}, of the largest element; the first of equals. */
    public static int argMax(float[] x, int at, int n) {
        float max = RowOps.max(x, at, n);
        // all that is not below the largest element is above its neighbour; nothing lies below negative infinity
        int i = max == Float.NEGATIVE_INFINITY ? 0 : RowOps.firstAbove(x, at, 0, n, Math.nextDown(max));
        for (; i < n; i++) {
            if (x[at + i] == max) {
                return i;
            }
        }
        throw new IllegalArgumentException(n == 0 ? "a row of no elements" : "a row with NaN");
    }

    /**
     * The {@code k} largest elements, largest first, the lower index first among equals. NaNs are passed over.
     *
     * @param indices receives indices relative to {@code at}
     * @param values receives the elements
     * @return how many were found: at most {@code min(k, n)}
     */
    public static int topK(float[] x, int at, int n, int k, int[] indices, float[] values) {
        int found = 0;
        int i = 0;
        for (; i < n && found < k; i++) {
            if (!Float.isNaN(x[at + i])) {
                insert(x[at + i], i, found++, indices, values);
            }
        }
        if (found == 0) {
            return 0;
        }
        while ((i = RowOps.firstAbove(x, at, i, n, values[found - 1])) < n) {
            insert(x[at + i], i, found - 1, indices, values);
            i++;
        }
        return found;
    }

    /** Puts an element into its place among those before {@code hole}; what stood in the hole is lost. */
    private static void insert(float value, int index, int hole, int[] indices, float[] values) {
        while (hole > 0 && values[hole - 1] < value) {
            values[hole] = values[hole - 1];
            indices[hole] = indices[hole - 1];
            hole--;
        }
        values[hole] = value;
        indices[hole] = index;
    }
}

package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Nonlinearities of feed-forward parts on a row by itself, in place. Those that are multiplied with another row in one go
 * are in {@link VectorOps}, GELU by the error function is {@link EncoderOps#gelu}.
 *
 * <p>Results do not depend on the vector width: lanes and elements left over go through the same steps.
 */
public final class ActivationOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    private static final float CLAMP = 7;
    private static final float QUICK_SLOPE = 1.702f;

    private ActivationOps() {}

    /** {@code x = x / (1 + exp(-slope x))}: SiLU with a slope of 1, "quick GELU" with 1.702. */
    public static void sigmoidMultiply(float[] x, int at, int n, float slope) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var v = FloatVector.fromArray(F, x, at + i);
            v.div(Exp.exp(v.mul(-slope)).add(1)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            float v = x[at + i];
            x[at + i] = v / (Exp.exp(v * -slope) + 1);
        }
    }

    /** GELU in its tanh form, to the bit what {@link VectorOps#geluTanhMultiply} multiplies with. */
    public static void geluTanh(float[] x, int at, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var v = FloatVector.fromArray(F, x, at + i);
            var u = v.mul(v).mul(VectorOps.GELU_CUBIC).fma(v, v).mul(-VectorOps.GELU_LINEAR);
            v.div(Exp.exp(u).add(1)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            float v = x[at + i];
            float u = Math.fma(v * v * VectorOps.GELU_CUBIC, v, v) * -VectorOps.GELU_LINEAR;
            x[at + i] = v / (Exp.exp(u) + 1);
        }
    }

    /** {@code x = max(x, 0)}. */
    public static void relu(float[] x, int at, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var v = FloatVector.fromArray(F, x, at + i);
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = x[at + i] <= 0 ? 0 : x[at + i];
        }
    }

    /** {@code x = max(x, 0)^2}. */
    public static void reluSquared(float[] x, int at, int n) {
        relu(x, at, n);
        VectorOps.multiplyInPlace(x, at, x, at, n);
    }

    /**
     * {@code x = max(x - (mean + cutoff * deviation), 0)}, with the mean and the standard deviation of the n elements, whose
     * squares are divided by n, as in transformers; llama.cpp divides them by n - 1. Both are summed in double precision.
     */
    public static void cutOff(float[] x, int at, int n, double cutoff) {
        double mean = RowOps.sum(x, at, n) / n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double difference = x[at + i] - mean;
            squares += difference * difference;
        }
        float least = (float) (mean + cutoff * Math.sqrt(squares / n));
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, at + i).sub(least).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] -= least;
        }
        relu(x, at, n);
    }

    /** {@code x = 1 / (1 + exp(-x))}. */
    public static void sigmoid(float[] x, int at, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var v = FloatVector.fromArray(F, x, at + i);
            FloatVector.broadcast(F, 1).div(Exp.exp(v.neg()).add(1)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = 1 / (Exp.exp(-x[at + i]) + 1);
        }
    }

    /**
     * The gated unit of gpt-oss (OpenAI, arXiv 2508.10925, section 2): {@code gate = g sigmoid(1.702 g) (u + 1)} with
     * {@code g = min(gate, 7)} and {@code u} = up between -7 and 7.
     */
    public static void clampedSwiglu(float[] gate, int gateAt, float[] up, int upAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var g = FloatVector.fromArray(F, gate, gateAt + i).min(CLAMP);
            var u = FloatVector.fromArray(F, up, upAt + i).min(CLAMP).max(-CLAMP);
            g.div(Exp.exp(g.mul(-QUICK_SLOPE)).add(1)).mul(u.add(1)).intoArray(gate, gateAt + i);
        }
        for (; i < n; i++) {
            float g = Math.min(gate[gateAt + i], CLAMP);
            float u = Math.max(Math.min(up[upAt + i], CLAMP), -CLAMP);
            gate[gateAt + i] = g / (Exp.exp(g * -QUICK_SLOPE) + 1) * (u + 1);
        }
    }
}

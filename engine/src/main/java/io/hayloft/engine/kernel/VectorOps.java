package io.hayloft.engine.kernel;

/**
 * Elementwise operations and row reductions of a decoder, over parts of {@code float[]} arrays.
 *
 * <p>Results do not depend on the vector width: elementwise steps do the same arithmetic in every lane, sums run in
 * double precision in a fixed order.
 */
public final class VectorOps {
    private VectorOps() {}

    /**
     * Root-mean-square norm of one row: {@code out = x / sqrt(mean(x²) + epsilon) * weight}.
     *
     * @param weight {@code [n]}; {@code out} may be {@code x}
     */
    public static void rmsNorm(float[] x, int xAt, float[] weight, double epsilon, float[] out, int outAt, int n) {
        throw new UnsupportedOperationException();
    }

    /** {@code a += b}. */
    public static void addInPlace(float[] a, int aAt, float[] b, int bAt, int n) {
        throw new UnsupportedOperationException();
    }

    /** {@code x *= factor}. */
    public static void scale(float[] x, int at, int n, float factor) {
        throw new UnsupportedOperationException();
    }

    /** {@code out = silu(gate) * up}; {@code out} may be either input. */
    public static void siluMultiply(float[] gate, int gateAt, float[] up, int upAt, float[] out, int outAt, int n) {
        throw new UnsupportedOperationException();
    }

    /** {@code out = gelu(gate) * up} with the tanh form of GELU; {@code out} may be either input. */
    public static void geluTanhMultiply(float[] gate, int gateAt, float[] up, int upAt, float[] out, int outAt, int n) {
        throw new UnsupportedOperationException();
    }

    /** {@code x = cap * tanh(x / cap)}. */
    public static void softCap(float[] x, int at, int n, float cap) {
        throw new UnsupportedOperationException();
    }

    /** Turns scores into probabilities. */
    public static void softmax(float[] x, int at, int n) {
        throw new UnsupportedOperationException();
    }

    /** {@code log(Σ exp(x))}. */
    public static double logSumExp(float[] x, int at, int n) {
        throw new UnsupportedOperationException();
    }

    /** Index, relative to {@code at}, of the largest element; the first of equals. */
    public static int argMax(float[] x, int at, int n) {
        throw new UnsupportedOperationException();
    }

    /**
     * The {@code k} largest elements, largest first, the lower index first among equals.
     *
     * @param indices receives indices relative to {@code at}
     * @param values receives the elements
     * @return how many were found: {@code min(k, n)}
     */
    public static int topK(float[] x, int at, int n, int k, int[] indices, float[] values) {
        throw new UnsupportedOperationException();
    }
}

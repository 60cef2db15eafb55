package io.hayloft.engine.cache;

/** Arrays that the kernels of one thread work in; they grow to what is asked for and are reused. */
public final class BlockScratch {
    private float[] factors = new float[0];
    private float[] sums = new float[0];
    private float[] scales = new float[0];

    /** Queries or probabilities with a block's factors folded in. */
    float[] factors(int size) {
        if (factors.length < size) {
            factors = new float[size];
        }
        return factors;
    }

    /** What is added once for a block. */
    float[] sums(int size) {
        if (sums.length < size) {
            sums = new float[size];
        }
        return sums;
    }

    /** Scales and minima of a block as 32-bit floats. */
    float[] scales(int size) {
        if (scales.length < size) {
            scales = new float[size];
        }
        return scales;
    }
}

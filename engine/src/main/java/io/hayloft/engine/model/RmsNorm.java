package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.VectorOps;

/** Root mean square norm: x / sqrt(mean(x²) + ε) · w, over each vector of the weight's length. */
final class RmsNorm implements Norm {
    private final float[] weight;
    private final double epsilon;

    /** The norm whose weight is the single row of {@code rows}, plus one where the file holds the difference to 1. */
    RmsNorm(WeightRows rows, DecoderConfig config) {
        weight = rows.toFloats();
        epsilon = config.norms().epsilon();
        if (config.norms().plusOne()) {
            for (int i = 0; i < weight.length; i++) {
                weight[i] += 1;
            }
        }
    }

    /** A norm with these weights. */
    RmsNorm(float[] weight, double epsilon) {
        this.weight = weight;
        this.epsilon = epsilon;
    }

    @Override
    public int length() {
        return weight.length;
    }

    @Override
    public void apply(float[] x, float[] out, int from, int to) {
        int n = weight.length;
        for (int i = from; i < to; i++) {
            VectorOps.rmsNorm(x, i * n, weight, epsilon, out, i * n, n);
        }
    }
}

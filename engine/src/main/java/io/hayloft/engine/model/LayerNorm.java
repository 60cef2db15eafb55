package io.hayloft.engine.model;

import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.EncoderOps;

/** Layer norm: (x - mean) / sqrt(variance + ε) · w + b, over each vector of the weight's length. */
final class LayerNorm implements Norm {
    private final float[] weight;
    private final float[] bias;
    private final double epsilon;

    /** The norm whose weight and bias are the single rows of these. */
    LayerNorm(WeightRows weight, WeightRows bias, double epsilon) {
        this.weight = weight.toFloats();
        this.bias = bias.toFloats();
        this.epsilon = epsilon;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether both are one array
    public void apply(float[] x, float[] out, int from, int to) {
        int n = weight.length;
        if (x != out) {
            System.arraycopy(x, from * n, out, from * n, (to - from) * n);
        }
        for (int i = from; i < to; i++) {
            EncoderOps.layerNorm(out, i * n, n, weight, bias, epsilon);
        }
    }
}

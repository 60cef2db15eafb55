package io.hayloft.engine.model;

import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.VectorOps;
import org.jspecify.annotations.Nullable;

/** Layer norm: (x - mean(x)) / sqrt(variance(x) + ε) · w + b, over each vector. */
final class LayerNorm implements Norm {
    private final float[] weight;
    private final float @Nullable [] bias;
    private final int length;
    private final double epsilon;

    /**
     * A norm with one weight for all vectors, or with as many as there are heads in a row.
     *
     * @param rows the weights in a single row; vector i of a batch has number {@code i % (weights / length)}
     * @param bias likewise; null for none
     * @param length elements of a vector
     */
    LayerNorm(WeightRows rows, @Nullable WeightRows bias, int length, double epsilon) {
        this.weight = rows.toFloats();
        this.bias = bias == null ? null : bias.toFloats();
        this.length = length;
        this.epsilon = epsilon;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void apply(float[] x, float[] out, int from, int to) {
        for (int i = from; i < to; i++) {
            int weightAt = i * length % weight.length;
            VectorOps.layerNorm(x, i * length, weight, bias, weightAt, epsilon, out, i * length, length);
        }
    }
}

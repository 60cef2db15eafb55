package io.hayloft.engine.model;

import io.hayloft.formats.config.LayerConfig;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gated feed-forward part: (act(g x Gᵀ) ⊙ x Uᵀ) Dᵀ d, with a bias on each product in some architectures.
 *
 * @param config has the activation and the factors g and d
 */
record FeedForward(Linear gate, Linear up, Linear down, Biases biases, LayerConfig.FeedForward config, WorkerPool pool)
        implements Layer.Update {
    /**
     * The biases, each null if the architecture has none.
     *
     * @param gate [feedForward]
     * @param up [feedForward]
     * @param down [hidden]
     */
    record Biases(float @Nullable [] gate, float @Nullable [] up, float @Nullable [] down) {
        static final Biases NONE = new Biases(null, null, null);
    }

    @Override
    public boolean rowwise() {
        return true;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations buffers) {
        batch.multiply(List.of(gate, up), x, new float[][] {buffers.gate, buffers.up}, pool); // [rows][feedForward]
        Rows.addBias(pool, buffers.gate, biases.gate, batch.rows());
        Rows.addBias(pool, buffers.up, biases.up, batch.rows());
        Rows.run(pool, batch.rows(), (from, to) -> activate(buffers.gate, buffers.up, from, to));
        batch.multiply(down, buffers.gate, out, pool); // [rows][hidden]
        Rows.addBias(pool, out, biases.down, batch.rows());
        if (config.downFactor() != 1) {
            VectorOps.scale(out, 0, batch.rows() * down.outputs(), (float) config.downFactor());
        }
    }

    /** gate = act(gate) ⊙ up, on rows {@code from .. to-1}. */
    private void activate(float[] gate, float[] up, int from, int to) {
        int n = this.gate.outputs();
        for (int row = from; row < to; row++) {
            int at = row * n;
            if (config.gateFactor() != 1) {
                VectorOps.scale(gate, at, n, (float) config.gateFactor());
            }
            switch (config.activation()) {
                case SILU -> VectorOps.siluMultiply(gate, at, up, at, gate, at, n);
                case GELU_TANH -> VectorOps.geluTanhMultiply(gate, at, up, at, gate, at, n);
            }
        }
    }
}

package io.hayloft.engine.model;

import io.hayloft.formats.config.LayerConfig;
import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The feed-forward part: (act(g x Gᵀ) ⊙ x Uᵀ) Dᵀ d, or act(x Uᵀ) Dᵀ d where there is no gate. A sparse gate loses what is not
 * far enough above its mean, before the activation.
 *
 * @param gate null for none
 * @param config has the activation and the factors g and d
 */
record FeedForward(@Nullable Dense gate, Dense up, Dense down, LayerConfig.FeedForward config, WorkerPool pool)
        implements Layer.Update {
    @Override
    public boolean rowwise() {
        return true;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations buffers) {
        if (gate == null) {
            batch.multiply(up.weights(), x, buffers.gate, pool); // [rows][feedForward]
            Rows.run(pool, batch.rows(), (from, to) -> activatePlain(buffers.gate, from, to));
        } else {
            var weights = List.of(gate.weights(), up.weights());
            batch.multiply(weights, x, new float[][] {buffers.gate, buffers.up}, pool); // [rows][feedForward]
            Rows.run(pool, batch.rows(), (from, to) -> activateGated(gate, buffers.gate, buffers.up, from, to));
        }
        batch.multiply(down.weights(), buffers.gate, out, pool); // [rows][hidden]
        if (down.bias() != null || config.downFactor() != 1) {
            Rows.run(pool, batch.rows(), (from, to) -> finish(out, from, to));
        }
    }

    /** out = (out + bias) d, on rows {@code from .. to-1}. */
    private void finish(float[] out, int from, int to) {
        int n = down.weights().outputs();
        down.addBias(out, from, to);
        VectorOps.scale(out, from * n, (to - from) * n, (float) config.downFactor());
    }

    /** inner = act(inner + bias), on rows {@code from .. to-1}. */
    private void activatePlain(float[] inner, int from, int to) {
        int n = up.weights().outputs();
        up.addBias(inner, from, to);
        activate(config.activation(), inner, from * n, (to - from) * n);
    }

    /** gate = act(gate + bias) ⊙ (up + bias), on rows {@code from .. to-1}. */
    private void activateGated(Dense gateLayer, float[] gateRows, float[] upRows, int from, int to) {
        int n = up.weights().outputs();
        gateLayer.addBias(gateRows, from, to);
        up.addBias(upRows, from, to);
        for (int row = from; row < to; row++) {
            int at = row * n;
            if (config.gateFactor() != 1) {
                VectorOps.scale(gateRows, at, n, (float) config.gateFactor());
            }
            if (config.cutoff() != LayerConfig.FeedForward.NO_CUTOFF) {
                ActivationOps.cutOff(gateRows, at, n, config.cutoff());
            }
            switch (config.activation()) {
                case SILU -> VectorOps.siluMultiply(gateRows, at, upRows, at, gateRows, at, n);
                case GELU_TANH -> VectorOps.geluTanhMultiply(gateRows, at, upRows, at, gateRows, at, n);
                case CLAMPED_SWIGLU -> ActivationOps.clampedSwiglu(gateRows, at, upRows, at, n);
                default -> {
                    activate(config.activation(), gateRows, at, n);
                    VectorOps.multiplyInPlace(gateRows, at, upRows, at, n);
                }
            }
        }
    }

    /** x = act(x), on elements {@code at .. at+n-1}. */
    static void activate(LayerConfig.Activation activation, float[] x, int at, int n) {
        switch (activation) {
            case SILU -> ActivationOps.sigmoidMultiply(x, at, n, 1);
            case GELU_TANH -> ActivationOps.geluTanh(x, at, n);
            case GELU -> EncoderOps.gelu(x, at, n);
            case QUICK_GELU -> ActivationOps.sigmoidMultiply(x, at, n, 1.702f);
            case RELU -> ActivationOps.relu(x, at, n);
            case RELU_SQUARED -> ActivationOps.reluSquared(x, at, n);
            case CLAMPED_SWIGLU -> throw new IllegalStateException("made of two rows, gate and up");
        }
    }
}

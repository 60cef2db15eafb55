package io.hayloft.engine.model;

import io.hayloft.formats.config.Activation;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/** The gated feed-forward layer: (act(x Gᵀ) ⊙ x Uᵀ) Dᵀ. */
record FeedForward(Linear gate, Linear up, Linear down, Activation activation, WorkerPool pool) {
    /** From rows x [rows][hidden] to {@code out} [rows][hidden]. */
    void apply(float[] x, Batch batch, float[] out, Activations buffers) {
        batch.multiply(List.of(gate, up), x, new float[][] {buffers.gate, buffers.up}, pool); // [rows][feedForward]
        Rows.run(pool, batch.rows(), (from, to) -> activate(buffers.gate, buffers.up, from, to));
        batch.multiply(down, buffers.gate, out, pool); // [rows][hidden]
    }

    /** gate = act(gate) ⊙ up, on rows {@code from .. to-1}. */
    private void activate(float[] gate, float[] up, int from, int to) {
        int n = this.gate.outputs();
        for (int row = from; row < to; row++) {
            int at = row * n;
            switch (activation) {
                case SILU -> VectorOps.siluMultiply(gate, at, up, at, gate, at, n);
                case GELU_TANH -> VectorOps.geluTanhMultiply(gate, at, up, at, gate, at, n);
            }
        }
    }
}

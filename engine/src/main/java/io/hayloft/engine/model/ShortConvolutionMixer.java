package io.hayloft.engine.model;

import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/**
 * The gated short convolution of LFM2 (Liquid AI, arXiv 2511.23404, section 2): {@code out (C ⊙ conv(B ⊙ x))}.
 *
 * @param state number of its state
 * @param in [3 * channels][hidden]: B, C, x
 * @param convolution without an activation
 * @param out [hidden][channels]
 */
record ShortConvolutionMixer(int state, Linear in, CausalConvolution convolution, Linear out, WorkerPool pool)
        implements Layer.Update {
    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] result, Activations a) {
        int rows = batch.rows();
        int width = in.outputs();
        int channels = width / 3;
        var projected = a.scratch(0, rows, width); // [rows][B, C, x]
        batch.multiply(in, x, projected, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int at = from * width; at < to * width; at += width) {
                VectorOps.multiplyInPlace(projected, at, projected, at + 2 * channels, channels);
            }
        });
        var convolved = a.scratch(1, rows, channels); // [rows][channels]
        convolution.apply(projected, 0, width, RecurrentRows.of(batch, state), convolved, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                VectorOps.multiplyInPlace(convolved, row * channels, projected, row * width + channels, channels);
            }
        });
        batch.multiply(out, convolved, result, pool); // [rows][hidden]
    }
}

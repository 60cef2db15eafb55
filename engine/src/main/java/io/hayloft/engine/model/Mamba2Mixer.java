package io.hayloft.engine.model;

import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.HeadScan;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Mamba-2 mixer (Dao and Gu, arXiv 2405.21060, section 7.1): one projection, causal convolution, scan of the heads, gate
 * and norm, projection.
 *
 * @param state number of its state
 * @param factors on the parts of a projected row, in their order; null for none
 * @param in [projectionWidth][hidden]: gate, inputs, B, C, step sizes
 * @param norms weight of each group's norm [groups][channels / groups]; empty for none
 * @param epsilon of the norms
 * @param out [hidden][channels]
 */
record Mamba2Mixer(
        int state,
        Mamba2Config config,
        float @Nullable [] factors,
        Linear in,
        CausalConvolution convolution,
        HeadScan scan,
        List<float[]> norms,
        double epsilon,
        Linear out,
        WorkerPool pool)
        implements Layer.Update {
    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int channels = config.channels();
        int width = config.projectionWidth();
        int mixed = config.convolutionChannels();
        var sequences = RecurrentRows.of(batch, state);
        var projected = a.scratch(0, rows, width); // [rows][gate, inputs, B, C, step sizes]
        batch.multiply(in, x, projected, pool);
        if (factors != null) {
            Rows.run(pool, rows, (from, to) -> multiply(projected, factors, from, to));
        }
        var inputs = a.scratch(1, rows, mixed); // [rows][inputs, B, C]
        convolution.apply(projected, channels, width, sequences, inputs, pool);
        var scanned = a.scratch(2, rows, channels); // [rows][heads * headDim]
        var read = new HeadScan.Inputs(inputs, mixed, projected, width, channels + mixed);
        scan.apply(read, sequences, convolution.stateFloats(), scanned, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                gate(projected, row * width, scanned, row * channels);
            }
        });
        batch.multiply(this.out, scanned, out, pool); // [rows][hidden]
    }

    /** Multiplies the parts of projected rows {@code from .. to-1} with their factors. */
    private void multiply(float[] projected, float[] factors, int from, int to) {
        int channels = config.channels();
        int shared = config.groups() * config.stateSize();
        for (int row = from; row < to; row++) {
            int at = row * config.projectionWidth();
            VectorOps.scale(projected, at, channels, factors[0]);
            VectorOps.scale(projected, at + channels, channels, factors[1]);
            VectorOps.scale(projected, at + 2 * channels, shared, factors[2]);
            VectorOps.scale(projected, at + 2 * channels + shared, shared, factors[3]);
            VectorOps.scale(projected, at + 2 * (channels + shared), config.heads(), factors[4]);
        }
    }

    private void gate(float[] gates, int gateAt, float[] y, int at) {
        switch (config.gate()) {
            case PLAIN -> multiplyGate(gates, gateAt, y, at);
            case NORM_AFTER -> {
                multiplyGate(gates, gateAt, y, at);
                normalise(y, at);
            }
            case NORM_BEFORE -> {
                normalise(y, at);
                multiplyGate(gates, gateAt, y, at);
            }
        }
    }

    /** y = y silu(gate). */
    private void multiplyGate(float[] gates, int gateAt, float[] y, int at) {
        VectorOps.siluMultiply(gates, gateAt, y, at, y, at, config.channels());
    }

    private void normalise(float[] y, int at) {
        int from = at;
        for (var weight : norms) {
            VectorOps.rmsNorm(y, from, weight, epsilon, y, from, weight.length);
            from += weight.length;
        }
    }
}

package io.hayloft.engine.model;

import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.HeadScan;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * A Mamba-2 mixer (Dao and Gu, arXiv 2405.21060, section 7.1): one projection, causal convolution, scan of the heads, gate
 * and norm, projection.
 *
 * @param state number of its state
 * @param in [projectionWidth][hidden]: gate, inputs, B, C, step sizes
 * @param norms weight of each group's norm [groups][channels / groups]; empty for none
 * @param epsilon of the norms
 * @param out [hidden][channels]
 */
record Mamba2Mixer(
        int state,
        Mamba2Config config,
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
        if (!config.factors().equals(Mamba2Config.NO_FACTORS)) {
            Rows.run(pool, rows, (from, to) -> multiply(projected, from, to));
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
    private void multiply(float[] projected, int from, int to) {
        int shared = config.groups() * config.stateSize();
        int[] widths = {config.channels(), config.channels(), shared, shared, config.heads()};
        int at = from * config.projectionWidth();
        for (int row = from; row < to; row++) {
            for (int part = 0; part < widths.length; part++) {
                VectorOps.scale(
                        projected, at, widths[part], config.factors().get(part).floatValue());
                at += widths[part];
            }
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

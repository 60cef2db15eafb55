package io.hayloft.engine.model;

import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.DeltaScan;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * A mixer with the gated delta rule (Yang, Kautz and Hatamizadeh, arXiv 2412.06464, section 3.4, as Qwen3-Next has it): causal
 * convolution of queries, keys and values, scan of the heads, norm and gate, projection.
 *
 * @param state number of its state
 * @param in [projectionWidth][hidden]: queries, keys, values, gates
 * @param rates [2 * heads][hidden]: how much of a value is taken, step sizes
 * @param decays negative, of each head [heads]
 * @param stepBias [heads]
 * @param norm weight of each head's norm [valueDim]
 * @param epsilon of the norms
 * @param out [hidden][valueWidth]
 */
record DeltaMixer(
        int state,
        DeltaConfig config,
        Linear in,
        Linear rates,
        CausalConvolution convolution,
        float[] decays,
        float[] stepBias,
        float[] norm,
        double epsilon,
        Linear out,
        WorkerPool pool)
        implements Layer.Update {
    /** Added to the square of the length of a query or key. */
    private static final double LENGTH_EPSILON = 1e-6;

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] result, Activations a) {
        int rows = batch.rows();
        int width = config.projectionWidth();
        int mixed = config.convolutionChannels();
        var sequences = RecurrentRows.of(batch, state);
        var projected = a.scratch(0, rows, width); // [rows][queries, keys, values, gates]
        var betas = a.scratch(1, rows, 2 * config.heads()); // [rows][β, α] in the end
        batch.multiply(List.of(in, rates), x, new float[][] {projected, betas}, pool);
        var inputs = a.scratch(2, rows, mixed); // [rows][queries, keys, values]
        convolution.apply(projected, 0, width, sequences, inputs, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                DeltaScan.rates(betas, row * 2 * config.heads(), decays, stepBias);
                normaliseKeys(inputs, row * mixed);
            }
        });
        var shape = new DeltaScan.Shape(config.heads(), config.keyHeads(), config.keyDim(), config.valueDim());
        var scanned = a.scratch(3, rows, config.valueWidth()); // [rows][heads * valueDim]
        var read = new DeltaScan.Inputs(inputs, mixed, betas);
        new DeltaScan(shape).apply(read, sequences, convolution.stateFloats(), scanned, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                gate(projected, row * width + mixed, scanned, row * config.valueWidth());
            }
        });
        batch.multiply(out, scanned, result, pool); // [rows][hidden]
    }

    /** Queries of a row get the length 1 / sqrt(keyDim), keys the length 1. */
    private void normaliseKeys(float[] inputs, int at) {
        int keyDim = config.keyDim();
        for (int head = 0; head < 2 * config.keyHeads(); head++) {
            int first = at + head * keyDim;
            double length = Math.sqrt(VectorOps.dot(inputs, first, inputs, first, keyDim) + LENGTH_EPSILON);
            double scale = head < config.keyHeads() ? 1 / Math.sqrt(keyDim) : 1;
            VectorOps.scale(inputs, first, keyDim, (float) (scale / length));
        }
    }

    /** y = norm(y) silu(gate), head by head. */
    private void gate(float[] gates, int gateAt, float[] y, int at) {
        int valueDim = config.valueDim();
        for (int head = 0; head < config.heads(); head++) {
            int first = at + head * valueDim;
            VectorOps.rmsNorm(y, first, norm, epsilon, y, first, valueDim);
        }
        VectorOps.siluMultiply(gates, gateAt, y, at, y, at, config.valueWidth());
    }
}

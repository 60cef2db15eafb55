package io.hayloft.engine.model;

import io.hayloft.formats.config.MambaConfig;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.SelectiveScan;
import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * A Mamba-1 mixer (Gu and Dao, arXiv 2312.00752, section 3.4): projection, causal convolution, selective scan, gate,
 * projection.
 *
 * @param layer index of the layer, which is that of its state
 * @param norms of Jamba; null in Mamba
 */
record MambaMixer(
        int layer,
        MambaConfig config,
        Weights weights,
        CausalConvolution convolution,
        SelectiveScan scan,
        @Nullable Norms norms,
        WorkerPool pool)
        implements Layer.Update {
    /**
     * The matrices.
     *
     * @param in [2 * channels][hidden]: inputs, gate
     * @param parameters [stepRank + 2 * stateSize][channels]: step size, B, C
     * @param step [channels][stepRank]
     * @param out [hidden][channels]
     */
    record Weights(Linear in, Linear parameters, Linear step, Linear out) {}

    /** Norms of step size, B and C. */
    record Norms(Norm step, Norm b, Norm c) {}

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int channels = config.channels();
        int width = config.parameterWidth();
        int rank = config.stepRank();
        int n = config.stateSize();
        var sequences = RecurrentRows.of(batch, layer);
        var projected = a.scratch(0, rows, 2 * channels); // [rows][inputs, gate]
        batch.multiply(weights.in, x, projected, pool);
        var inputs = a.scratch(1, rows, channels); // [rows][channels]
        convolution.apply(projected, 0, 2 * channels, sequences, inputs, pool);
        var parameters = a.scratch(2, rows, width); // [rows][step size, B, C]
        batch.multiply(weights.parameters, inputs, parameters, pool);
        var lowSteps = a.scratch(3, rows, rank); // [rows][stepRank]
        var parts = a.scratch(4, rows, 2 * n); // [rows][B], then [rows][C]
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                System.arraycopy(parameters, row * width, lowSteps, row * rank, rank);
                System.arraycopy(parameters, row * width + rank, parts, row * n, n);
                System.arraycopy(parameters, row * width + rank + n, parts, (rows + row) * n, n);
            }
            if (norms != null) {
                norms.step.apply(lowSteps, lowSteps, from, to);
                norms.b.apply(parts, parts, from, to);
                norms.c.apply(parts, parts, rows + from, rows + to);
            }
        });
        var steps = a.scratch(5, rows, channels); // [rows][channels]
        batch.multiply(weights.step, lowSteps, steps, pool);
        var read = new SelectiveScan.Inputs(inputs, steps, parts, n, 0, rows * n, projected, 2 * channels, channels);
        scan.apply(read, sequences, convolution.stateFloats(), inputs, pool); // in place
        batch.multiply(weights.out, inputs, out, pool); // [rows][hidden]
    }
}

package io.hayloft.engine.model;

import io.hayloft.kernels.BlockDiagonal;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.GriffinOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * The recurrent mixer of Griffin (De et al., arXiv 2402.19427, section 2.3): a convolution and a real-gated linear
 * recurrent unit, times a branch that goes through GELU.
 *
 * @param layer index of the layer, which is that of its state
 * @param convolution whose inputs begin the state; those of the recurrence follow
 */
record GriffinMixer(
        int layer, Dense input, Dense branch, CausalConvolution convolution, Gates gates, Dense out, WorkerPool pool)
        implements Layer.Update {
    /**
     * The gates of the recurrent unit.
     *
     * @param input how much of an input gets in
     * @param decay how much of the state stays
     * @param logDecays logarithms of the decay at an open gate, {@code -8 softplus(Λ)} [channels]
     */
    record Gates(BlockDiagonal input, BlockDiagonal decay, float[] logDecays) {}

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] result, Activations a) {
        int rows = batch.rows();
        int channels = gates.logDecays.length;
        var sequences = RecurrentRows.of(batch, layer);
        var inputs = a.scratch(0, rows, channels); // [rows][channels], as all below
        var gated = a.scratch(1, rows, channels);
        batch.multiply(List.of(input.weights(), branch.weights()), x, new float[][] {inputs, gated}, pool);
        Rows.run(pool, rows, (from, to) -> {
            input.addBias(inputs, from, to);
            branch.addBias(gated, from, to);
        });
        var convolved = a.scratch(2, rows, channels);
        convolution.apply(inputs, 0, channels, sequences, convolved, pool);
        var states = a.scratch(0, rows, channels);
        var decays = a.scratch(3, rows, channels);
        gates.input.apply(convolved, rows, states, pool);
        gates.decay.apply(convolved, rows, decays, pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                boolean first = batch.position(row) == 0;
                GriffinOps.gate(convolved, states, decays, row * channels, channels, gates.logDecays, first);
            }
        });
        GriffinOps.scan(decays, states, channels, sequences, convolution.stateFloats(), pool);
        Rows.run(pool, rows, (from, to) -> {
            int at = from * channels;
            VectorOps.geluTanhMultiply(gated, at, states, at, states, at, (to - from) * channels);
        });
        batch.multiply(out.weights(), states, result, pool); // [rows][hidden]
        Rows.run(pool, rows, (from, to) -> out.addBias(result, from, to));
    }
}

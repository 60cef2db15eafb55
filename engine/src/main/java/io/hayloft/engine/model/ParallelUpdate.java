package io.hayloft.engine.model;

import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.kernels.VectorOps;

/** Attention and Mamba-2 side by side: the weighted sum of what both make of the same rows. */
record ParallelUpdate(AttentionMixer attention, Mamba2Mixer mamba, ParallelMixers config, int hidden)
        implements Layer.Update {
    /** Behind the arrays of the mixers. */
    private static final int SCRATCH = 3;

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int count = batch.rows() * hidden;
        var other = a.scratch(SCRATCH, batch.rows(), hidden); // [rows][hidden]
        mamba.apply(x, batch, other, a);
        attention.apply(x, batch, out, a);
        VectorOps.scale(other, 0, count, (float) config.mambaFactor());
        VectorOps.scale(out, 0, count, (float) config.attentionFactor());
        VectorOps.addInPlace(out, 0, other, 0, count);
    }
}

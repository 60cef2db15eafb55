package io.hayloft.engine.model;

import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kv.attention.AttentionShape;

/** Attention and Mamba-2 side by side: the weighted sum of what both make of the same rows. */
record ParallelUpdate(AttentionMixer mixer, Mamba2Mixer mamba, ParallelMixers config, int hidden)
        implements Layer.Update {
    /** Behind the arrays of the mixers. */
    private static final int SCRATCH = 3;

    @Override
    public AttentionShape attention() {
        return mixer.attention();
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        var other = a.scratch(SCRATCH, batch.rows(), hidden); // [rows][hidden]
        mamba.apply(x, batch, other, a);
        mixer.apply(x, batch, out, a);
        Rows.run(mixer.pool(), batch.rows(), (from, to) -> {
            int at = from * hidden;
            int count = (to - from) * hidden;
            VectorOps.scale(other, at, count, (float) config.mambaFactor());
            VectorOps.scale(out, at, count, (float) config.attentionFactor());
            VectorOps.addInPlace(out, at, other, at, count);
        });
    }
}

package io.hayloft.engine.model;

import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.RwkvOps;
import io.hayloft.kernels.WorkerPool;

/**
 * The channel mix of RWKV-5 (Peng et al., arXiv 2404.05892, section 4.3): {@code sigmoid(r Rᵀ) ⊙ (max(0, k Kᵀ)² Vᵀ)}, where k
 * and r are mixed of a row and the row before.
 *
 * @param layer index of the layer, whose state holds the row before
 * @param shift of key and receptance, in this order
 * @param key [width][hidden]
 * @param receptance [hidden][hidden]
 * @param value [hidden][width]
 */
record RwkvChannelMix(int layer, TokenShift shift, Linear key, Linear receptance, Linear value, WorkerPool pool)
        implements Layer.Update {
    /** False: a row also needs the one before, and is remembered for the next. */
    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int hidden = shift.hidden();
        int width = key.outputs();
        var keys = a.scratch(0, rows, hidden); // [rows][hidden]
        var gates = a.scratch(1, rows, hidden); // [rows][hidden]
        shift.apply(x, RecurrentRows.of(batch, layer), new float[][] {keys, gates}, pool);
        var inner = a.scratch(2, rows, width); // [rows][width]
        batch.multiply(key, keys, inner, pool);
        Rows.run(pool, rows, (from, to) -> ActivationOps.reluSquared(inner, from * width, (to - from) * width));
        batch.multiply(value, inner, out, pool); // [rows][hidden]
        var receptances = a.scratch(3, rows, hidden); // [rows][hidden]
        batch.multiply(receptance, gates, receptances, pool);
        Rows.run(
                pool,
                rows,
                (from, to) -> RwkvOps.sigmoidMultiply(receptances, out, out, from * hidden, (to - from) * hidden));
    }
}

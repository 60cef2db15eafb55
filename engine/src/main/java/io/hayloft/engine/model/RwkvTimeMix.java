package io.hayloft.engine.model;

import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.RwkvOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/**
 * The time mix of RWKV-5 (Peng et al., arXiv 2404.05892, section 4.2): token shift, projections, recurrence over heads, norm
 * of each head, gate, projection.
 *
 * @param layer index of the layer, which is that of its state
 * @param shift of receptance, key, value and gate, in this order
 */
record RwkvTimeMix(int layer, RwkvConfig config, TokenShift shift, Matrices matrices, Vectors vectors, WorkerPool pool)
        implements Layer.Update {
    /**
     * The matrices.
     *
     * @param receptance [channels][hidden]
     * @param key [channels][hidden]
     * @param value [channels][hidden]
     * @param gate [channels][hidden]
     * @param out [hidden][channels]
     */
    record Matrices(Linear receptance, Linear key, Linear value, Linear gate, Linear out) {}

    /**
     * The vectors, each [channels].
     *
     * @param decay what is left of a state after a token
     * @param bonus weight of a token's own key
     * @param norm weight of the norm of heads
     * @param normBias its bias
     */
    record Vectors(float[] decay, float[] bonus, float[] norm, float[] normBias) {}

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int channels = config.channels();
        var sequences = RecurrentRows.of(batch, layer);
        var shifted = new float[4][]; // each [rows][hidden]
        var products = new float[4][]; // receptance, key, value, gate, each [rows][channels]
        for (int i = 0; i < 4; i++) {
            shifted[i] = a.scratch(i, rows, config.hidden());
            products[i] = a.scratch(4 + i, rows, channels);
        }
        shift.apply(x, sequences, shifted, pool);
        batch.multiply(matrices.receptance, shifted[0], products[0], pool);
        batch.multiply(matrices.key, shifted[1], products[1], pool);
        batch.multiply(matrices.value, shifted[2], products[2], pool);
        batch.multiply(matrices.gate, shifted[3], products[3], pool);
        var mixed = a.scratch(8, rows, channels); // [rows][channels]
        var heads = new RwkvOps.Heads(config.heads(), config.headSize(), vectors.decay, vectors.bonus);
        var read = new RwkvOps.TimeMix(products[0], products[1], products[2], mixed);
        RwkvOps.timeMix(heads, read, sequences, config.hidden(), pool);
        Rows.run(pool, rows, (from, to) -> {
            for (int at = from * channels; at < to * channels; at += channels) {
                RwkvOps.groupNorm(mixed, at, config.heads(), vectors.norm, vectors.normBias, config.groupEpsilon());
            }
            int at = from * channels;
            VectorOps.siluMultiply(products[3], at, mixed, at, mixed, at, (to - from) * channels);
        });
        batch.multiply(matrices.out, mixed, out, pool); // [rows][hidden]
    }
}

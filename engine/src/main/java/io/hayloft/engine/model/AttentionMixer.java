package io.hayloft.engine.model;

import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention: queries of several heads share one head of keys and values, which are kept in the cache.
 *
 * @param key makes keys; null in a layer that reads those of an earlier one
 * @param value makes values; null likewise
 * @param gate [queryHeads * headDim][hidden]; the heads' results are multiplied with the sigmoid of its products; null for none
 * @param output projects the heads' results back to the residual stream
 */
record AttentionMixer(
        AttentionCore core,
        Projection query,
        @Nullable Projection key,
        @Nullable Projection value,
        @Nullable Linear gate,
        Dense output,
        WorkerPool pool)
        implements Layer.Update {
    /**
     * Makes the queries, keys or values of all heads from a row.
     *
     * @param weights [heads * headDim][hidden]
     * @param bias [heads * headDim]; null if the architecture has none
     * @param headNorm normalises each head, or all heads of a row together; null if the architecture has none
     * @param factor on the products with the weights; 1 in most models
     */
    record Projection(
            Linear weights,
            float @Nullable [] bias,
            @Nullable Norm headNorm,
            float factor) {
        /** Adds the bias to rows {@code from .. to-1} of products with the weights, and normalises heads, in place. */
        void finish(float[] x, int from, int to) {
            int width = weights.outputs();
            if (factor != 1) {
                VectorOps.scale(x, from * width, (to - from) * width, factor);
            }
            for (int row = from; row < to && bias != null; row++) {
                VectorOps.addInPlace(x, row * width, bias, 0, width);
            }
            if (headNorm != null) {
                int vectors = width / headNorm.length();
                headNorm.apply(x, x, from * vectors, to * vectors);
            }
        }
    }

    @Override
    public AttentionShape attention() {
        return core.shape();
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    /** The cache of another layer has all of the tokens at once, those of an own one come one by one. */
    @Override
    public boolean readsTogether() {
        return core.keepsKv();
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        // queries [rows][queryHeads * headDim], keys and values [rows][kvHeads * headDim]
        if (key == null || value == null) {
            batch.multiply(query.weights, x, a.queries, pool);
            core.attend(batch, a, (from, to) -> query.finish(a.queries, from, to));
        } else {
            var weights = List.of(query.weights, key.weights, value.weights);
            batch.multiply(weights, x, new float[][] {a.queries, a.keys, a.values}, pool);
            core.attend(batch, a, (from, to) -> { // attended [rows][queryHeads * headDim]
                query.finish(a.queries, from, to);
                key.finish(a.keys, from, to);
                value.finish(a.values, from, to);
            });
        }
        if (gate != null) {
            multiplyGate(gate, x, batch, a);
        }
        batch.multiply(output.weights(), a.attended, out, pool); // [rows][hidden]
        if (output.bias() != null) {
            Rows.run(pool, batch.rows(), (from, to) -> output.addBias(out, from, to));
        }
    }

    /** attended = attended ⊙ sigmoid(x Gᵀ). */
    private void multiplyGate(Linear weights, float[] x, Batch batch, Activations a) {
        int width = core.shape().rowSize();
        var gates = a.scratch(0, batch.rows(), width);
        batch.multiply(weights, x, gates, pool);
        Rows.run(pool, batch.rows(), (from, to) -> {
            int at = from * width;
            ActivationOps.sigmoid(gates, at, (to - from) * width);
            VectorOps.multiplyInPlace(a.attended, at, gates, at, (to - from) * width);
        });
    }
}

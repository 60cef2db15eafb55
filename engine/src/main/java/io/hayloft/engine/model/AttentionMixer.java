package io.hayloft.engine.model;

import io.hayloft.engine.attention.AttentionShape;
import io.hayloft.engine.attention.DecodeAttention;
import io.hayloft.engine.attention.PrefillAttention;
import io.hayloft.engine.kernel.Linear;
import io.hayloft.engine.kernel.VectorOps;
import io.hayloft.engine.kernel.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention: queries of several heads share one head of keys and values, which are kept in the cache.
 *
 * @param layer index of the layer
 * @param output projects the heads' results back to the residual stream
 * @param queryBias null, like the other biases, where the architecture has none
 * @param queryNorm on each head before the rotation; null, like the key norm, where the architecture has none
 * @param rope null in layers that do not rotate
 */
record AttentionMixer(
        int layer,
        AttentionShape shape,
        Linear query,
        Linear key,
        Linear value,
        Linear output,
        float @Nullable [] queryBias,
        float @Nullable [] keyBias,
        float @Nullable [] valueBias,
        @Nullable RmsNorm queryNorm,
        @Nullable RmsNorm keyNorm,
        @Nullable Rope rope,
        WorkerPool pool)
        implements Mixer {

    @Override
    public void mix(float[] x, Batch batch, float[] out, Activations a) {
        batch.multiply(query, x, a.queries, pool); // [rows][queryHeads * headDim]
        batch.multiply(key, x, a.keys, pool); // [rows][kvHeads * headDim]
        batch.multiply(value, x, a.values, pool); // [rows][kvHeads * headDim]
        place(batch, a);
        switch (batch) {
            case Batch.Stretch stretch -> attend(stretch, a);
            case Batch.Lockstep lockstep -> attend(lockstep, a);
        }
        batch.multiply(output, a.attended, out, pool); // [rows][hidden]
    }

    /** Biases, norms of heads and rotation: turns projections into queries, keys and values with a position. */
    private void place(Batch batch, Activations a) {
        int last = batch.promptLength() - 1; // so that the table grows once for a prompt
        for (int row = 0; row < batch.rows(); row++) {
            last = Math.max(last, batch.position(row));
        }
        var table = rope == null ? null : rope.table(last + 1, batch.promptLength());
        Rows.run(pool, batch.rows(), (from, to) -> {
            placeHeads(a.queries, shape.queryHeads(), queryBias, queryNorm, table, batch, from, to);
            placeHeads(a.keys, shape.kvHeads(), keyBias, keyNorm, table, batch, from, to);
            if (valueBias != null) {
                placeHeads(a.values, shape.kvHeads(), valueBias, null, null, batch, from, to);
            }
        });
    }

    /** The same for x [rows][heads * headDim], on rows {@code from .. to-1}. */
    private void placeHeads(
            float[] x,
            int heads,
            float @Nullable [] bias,
            @Nullable RmsNorm norm,
            Rope.@Nullable Table rotation,
            Batch batch,
            int from,
            int to) {
        int width = heads * shape.headDim();
        for (int row = from; row < to; row++) {
            if (bias != null) {
                VectorOps.addInPlace(x, row * width, bias, 0, width);
            }
            if (norm != null) {
                norm.apply(x, x, row * heads, (row + 1) * heads);
            }
            if (rotation != null) {
                rotation.rotate(x, row * width, heads, shape.headDim(), batch.position(row));
            }
        }
    }

    private void attend(Batch.Stretch batch, Activations a) {
        var cache = batch.cache().layer(layer);
        int width = shape.kvHeads() * shape.headDim();
        cache.append(a.keys, 0, a.values, 0, batch.rows(), width, batch.first());
        var signals = batch.signals();
        if (signals != null) {
            signals.recordQueries(layer, batch.first(), batch.rows(), a.queries);
        }
        var mass = signals == null ? null : signals.massOf(layer);
        PrefillAttention.attend(shape, cache, a.queries, batch.rows(), batch.first(), a.attended, pool, mass);
    }

    private void attend(Batch.Lockstep batch, Activations a) {
        var caches = batch.layer(layer);
        int width = shape.kvHeads() * shape.headDim();
        for (int row = 0; row < caches.length; row++) {
            caches[row].append(a.keys, row * width, a.values, row * width, 1, width, batch.position(row));
        }
        DecodeAttention.attend(shape, layer, caches, batch.policies(), a.queries, batch.positions(), a.attended, pool);
    }
}

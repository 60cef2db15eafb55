package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionMass;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.FarPart;
import io.hayloft.kv.attention.PrefillAttention;
import io.hayloft.kv.cache.FarMemory;
import java.util.List;
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
        // [rows][queryHeads * headDim], then twice [rows][kvHeads * headDim]
        batch.multiply(List.of(query, key, value), x, new float[][] {a.queries, a.keys, a.values}, pool);
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
            var far = batch.far(row);
            int farPosition = far == null ? 0 : far.queryPosition(batch.position(row));
            last = Math.max(last, Math.max(farPosition, batch.position(row)));
            if (far != null && a.farQueries.length < a.queries.length) {
                a.farQueries = new float[a.queries.length];
            }
        }
        var table = rope == null ? null : rope.table(last + 1, batch.promptLength());
        Rows.run(pool, batch.rows(), (from, to) -> {
            placeHeads(a.queries, shape.queryHeads(), queryBias, queryNorm, null, batch, from, to);
            placeFarQueries(table, batch, a, from, to);
            placeHeads(a.queries, shape.queryHeads(), null, null, table, batch, from, to);
            placeHeads(a.keys, shape.kvHeads(), keyBias, keyNorm, table, batch, from, to);
            if (valueBias != null) {
                placeHeads(a.values, shape.kvHeads(), valueBias, null, null, batch, from, to);
            }
        });
    }

    /** Copies of queries that have no position yet, rotated as their sequence's far tokens ask. */
    private void placeFarQueries(Rope.@Nullable Table rotation, Batch batch, Activations a, int from, int to) {
        for (int row = from; row < to; row++) {
            var far = batch.far(row);
            if (far != null) {
                int at = row * shape.rowSize();
                System.arraycopy(a.queries, at, a.farQueries, at, shape.rowSize());
                if (rotation != null) {
                    int position = far.queryPosition(batch.position(row));
                    rotation.rotate(a.farQueries, at, shape.queryHeads(), shape.headDim(), position);
                }
            }
        }
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
        int rows = batch.rows();
        var memory = batch.cache().far();
        if (memory != null) {
            memory.prepare(layer, cache, batch.first(), rows, a.farQueries, 0, shape.rowSize(), turner(batch));
        }
        var far = FarPart.of(memory, layer);
        if (far == null) {
            PrefillAttention.attend(shape, cache, a.queries, rows, batch.first(), a.attended, pool, mass);
        } else {
            var sums = memory == null ? null : memory.mass(layer);
            var nearMass = sums == null ? mass : new AttentionMass(shape.queryHeads(), sums);
            PrefillAttention.attend(
                    shape, cache, a.queries, far, a.farQueries, rows, batch.first(), a.attended, pool, nearMass);
        }
    }

    private void attend(Batch.Lockstep batch, Activations a) {
        var caches = batch.layer(layer);
        int width = shape.kvHeads() * shape.headDim();
        var far = new @Nullable FarPart[caches.length];
        for (int row = 0; row < caches.length; row++) {
            long start = System.nanoTime();
            caches[row].append(a.keys, row * width, a.values, row * width, 1, width, batch.position(row));
            var memory = batch.far(row);
            if (memory != null) {
                int at = row * shape.rowSize();
                int position = batch.position(row);
                memory.prepare(layer, caches[row], position, 1, a.farQueries, at, shape.rowSize(), turner(batch));
                far[row] = FarPart.of(memory, layer);
            }
            batch.ownNanos()[row] += System.nanoTime() - start;
        }
        DecodeAttention.attend(
                shape,
                layer,
                caches,
                batch.policies(),
                a.queries,
                far,
                a.farQueries,
                batch.positions(),
                a.attended,
                pool,
                batch.ownNanos());
    }

    /** Turns keys back that were rotated in this batch or before. */
    private FarMemory.KeyTurner turner(Batch batch) {
        var table = rope == null ? null : rope.table(0, batch.promptLength());
        return (key, at, position) -> {
            if (table != null) {
                table.turnBack(key, at, position);
            }
        };
    }
}

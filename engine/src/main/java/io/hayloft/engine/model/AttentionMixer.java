package io.hayloft.engine.model;

import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.ChunkRows;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.PrefillAttention;
import io.hayloft.kv.attention.StepRows;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention: queries of several heads share one head of keys and values, which are kept in the cache.
 *
 * @param layer index of the layer
 * @param gate [queryHeads * headDim][hidden]; the heads' results are multiplied with the sigmoid of its products; null for none
 * @param output projects the heads' results back to the residual stream
 * @param rope null in layers that do not rotate
 */
record AttentionMixer(
        int layer,
        AttentionShape shape,
        Projection query,
        Projection key,
        Projection value,
        @Nullable Linear gate,
        Dense output,
        @Nullable Rope rope,
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
        return shape;
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        // queries [rows][queryHeads * headDim], keys and values [rows][kvHeads * headDim]
        var weights = List.of(query.weights, key.weights, value.weights);
        batch.multiply(weights, x, new float[][] {a.queries, a.keys, a.values}, pool);
        var rotations = Rotations.of(rope, batch);
        var outOfWindow = OutOfWindowRows.of(this, batch, rotations, a);
        Rows.run(pool, batch.rows(), (from, to) -> {
            query.finish(a.queries, from, to);
            key.finish(a.keys, from, to);
            value.finish(a.values, from, to);
            outOfWindow.rotateQueries(a.queries, from, to);
            rotations.rotate(a.queries, shape.queryHeads(), shape.headDim(), from, to);
            rotations.rotate(a.keys, shape.kvHeads(), shape.headDim(), from, to);
        });
        switch (batch) { // attended [rows][queryHeads * headDim]
            case Batch.Chunk chunk -> attend(chunk, outOfWindow, a);
            case Batch.Lockstep lockstep
            when lockstep.decode().several() -> new KnownTokens(this, lockstep, outOfWindow).attend(a);
            case Batch.Lockstep lockstep -> attend(lockstep, outOfWindow, a);
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
        int width = shape.rowSize();
        var gates = a.scratch(0, batch.rows(), width);
        batch.multiply(weights, x, gates, pool);
        Rows.run(pool, batch.rows(), (from, to) -> {
            int at = from * width;
            ActivationOps.sigmoid(gates, at, (to - from) * width);
            VectorOps.multiplyInPlace(a.attended, at, gates, at, (to - from) * width);
        });
    }

    /** Rows of one sequence, each of which sees those before it. */
    private void attend(Batch.Chunk chunk, OutOfWindowRows outOfWindow, Activations a) {
        var cache = chunk.cache().layer(layer);
        int rows = chunk.rows();
        cache.append(a.keys, 0, a.values, 0, rows, kvWidth(), chunk.first());
        var accumulated = chunk.signals() == null ? null : chunk.signals().record(layer, chunk, a.queries);
        var near = new ChunkRows(cache, a.queries, rows, chunk.first());
        var part = outOfWindow.prepare(0, rows, cache);
        if (part == null) {
            PrefillAttention.attend(shape, near, a.attended, pool, accumulated);
        } else {
            var others = part.rows(outOfWindow.queries(), near);
            PrefillAttention.attend(shape, near, others, a.attended, pool, outOfWindow.accumulated(accumulated));
        }
    }

    /** One row of each sequence. */
    private void attend(Batch.Lockstep batch, OutOfWindowRows outOfWindow, Activations a) {
        int rows = batch.rows();
        var caches = new LayerCache[rows];
        var policies = new @Nullable CachePolicy[rows];
        var positions = new int[rows];
        for (int row = 0; row < rows; row++) {
            caches[row] = batch.cache(row).layer(layer);
            policies[row] = batch.cache(row).policy();
            positions[row] = batch.position(row);
            int at = row * kvWidth();
            long start = System.nanoTime();
            caches[row].append(a.keys, at, a.values, at, 1, kvWidth(), positions[row]);
            batch.times().add(row, System.nanoTime() - start);
        }
        var parts = outOfWindow.prepare(caches, batch.times());
        var step = new StepRows(caches, policies, parts, a.queries, outOfWindow.queries(), positions, batch.times());
        DecodeAttention.attend(shape, layer, step, a.attended, pool);
    }

    int kvWidth() {
        return shape.kvHeads() * shape.headDim();
    }
}

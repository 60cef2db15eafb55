package io.hayloft.engine.model;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.ChunkRows;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.PrefillAttention;
import io.hayloft.kv.attention.StepRows;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * The steps of every kind of attention with queries, keys and values: rotates them, keeps keys and values in the cache, and
 * attends to what is there.
 *
 * <p>A layer that reads the cache of an earlier one adds nothing to it, and what it looks at counts for no method: the tokens
 * are kept or dropped by the attention of the layer that keeps them.
 *
 * @param layer number of the layer whose cache has the keys and values
 * @param keepsKv whether it is the layer itself, else an earlier one
 * @param rope null in layers that do not rotate
 */
record AttentionCore(
        int layer,
        boolean keepsKv,
        AttentionShape shape,
        @Nullable Rope rope,
        WorkerPool pool) {
    /**
     * Attends for the rows of a batch: {@code a.attended} [rows][queryHeads * headDim] receives the results of {@code
     * a.queries} and, unless an earlier layer keeps them, {@code a.keys} and {@code a.values}.
     *
     * @param finish what is still to be done to rows of these before the rotation
     */
    void attend(Batch batch, Activations a, Rows.Body finish) {
        var rotations = Rotations.of(rope, batch);
        var outOfWindow = OutOfWindowRows.of(this, batch, rotations, a);
        Rows.run(pool, batch.rows(), (from, to) -> {
            finish.run(from, to);
            outOfWindow.rotateQueries(a.queries, from, to);
            rotations.rotate(a.queries, shape.queryHeads(), shape.headDim(), from, to);
            if (keepsKv) {
                rotations.rotate(a.keys, shape.kvHeads(), shape.headDim(), from, to);
            }
        });
        switch (batch) {
            case Batch.Chunk chunk -> attend(chunk, outOfWindow, a);
            case Batch.Lockstep lockstep
            when lockstep.decode().several() -> new KnownTokens(this, lockstep, outOfWindow, a).attend();
            case Batch.Lockstep lockstep -> attend(lockstep, outOfWindow, a);
        }
    }

    /** Rows of one sequence, each of which sees those before it. */
    private void attend(Batch.Chunk chunk, OutOfWindowRows outOfWindow, Activations a) {
        var cache = chunk.cache().layer(layer);
        int rows = chunk.rows();
        if (keepsKv) {
            cache.append(a.keys, 0, a.values, 0, rows, kvWidth(), chunk.first());
        }
        var signals = keepsKv ? chunk.signals() : null;
        var accumulated = signals == null ? null : signals.record(layer, chunk, a.queries);
        var near = new ChunkRows(cache, a.queries, rows, chunk.first());
        var part = outOfWindow.prepare(0, rows, cache);
        if (part == null) {
            PrefillAttention.attend(shape, near, a.attended, pool, accumulated);
        } else {
            var others = part.rows(outOfWindow.queries(), near);
            var sums = keepsKv ? outOfWindow.accumulated(accumulated) : null;
            PrefillAttention.attend(shape, near, others, a.attended, pool, sums);
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
            policies[row] = policy(batch.cache(row).policy());
            positions[row] = batch.position(row);
            if (keepsKv) {
                append(caches[row], a, row, batch);
            }
        }
        var parts = outOfWindow.prepare(caches, batch.times());
        var step = new StepRows(caches, policies, parts, a.queries, outOfWindow.queries(), positions, batch.times());
        DecodeAttention.attend(shape, layer, step, a.attended, pool);
    }

    private void append(LayerCache cache, Activations a, int row, Batch.Lockstep batch) {
        int at = row * kvWidth();
        long start = System.nanoTime();
        cache.append(a.keys, at, a.values, at, 1, kvWidth(), batch.position(row));
        batch.times().add(row, System.nanoTime() - start);
    }

    /** The policy of a step; none in a layer that reads another's cache, unless tokens are hidden from it. */
    private @Nullable CachePolicy policy(@Nullable CachePolicy policy) {
        if (policy == null || keepsKv) {
            return policy;
        }
        return policy.mask(layer) == null ? null : new MaskOnly(policy);
    }

    /** Hides what a policy hides, and does nothing else: the policy acts in the layer that keeps the tokens. */
    private record MaskOnly(CachePolicy policy) implements CachePolicy {
        @Override
        public boolean wantsProbabilities() {
            return false;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention attention) {}

        @Override
        public @Nullable TokenMask mask(int layer) {
            return policy.mask(layer);
        }

        @Override
        public CachePolicy fork() {
            return new MaskOnly(policy.fork());
        }
    }

    /** Channels of the keys of a row, and of its values. */
    int kvWidth() {
        return shape.kvHeads() * shape.headDim();
    }
}

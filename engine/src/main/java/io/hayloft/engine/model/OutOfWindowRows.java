package io.hayloft.engine.model;

import io.hayloft.kv.attention.AccumulatedAttention;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.OutOfWindowTokens;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;
import org.jspecify.annotations.Nullable;

/**
 * A batch's queries for out-of-window tokens, in one layer: copies that are rotated at positions of their own.
 *
 * @param queries [rows][queryHeads * headDim]; rows whose sequence has no such tokens are undefined
 */
record OutOfWindowRows(int layer, AttentionShape shape, Batch batch, Rotations rotations, float[] queries) {
    /** Room for the queries, in the buffers if any sequence has out-of-window tokens. */
    static OutOfWindowRows of(AttentionCore core, Batch batch, Rotations rotations, Activations a) {
        boolean any = false;
        for (int row = 0; row < batch.rows(); row++) {
            any |= batch.cache(row).outOfWindow() != null;
        }
        if (any && a.outOfWindowQueries.length < a.queries.length) {
            a.outOfWindowQueries = new float[a.queries.length];
        }
        return new OutOfWindowRows(core.layer(), core.shape(), batch, rotations, a.outOfWindowQueries);
    }

    private @Nullable OutOfWindowStore store(int row) {
        return batch.cache(row).outOfWindow();
    }

    /** Copies rows {@code from .. to-1} of queries that are not rotated yet, and rotates the copies. */
    void rotateQueries(float[] source, int from, int to) {
        for (int row = from; row < to; row++) {
            var store = store(row);
            if (store != null) {
                System.arraycopy(source, row * shape.rowSize(), queries, row * shape.rowSize(), shape.rowSize());
                int position = store.queryPosition(batch.position(row));
                rotations.rotateRow(queries, shape.queryHeads(), shape.headDim(), row, position);
            }
        }
    }

    /**
     * Lets a sequence copy and choose out-of-window tokens for some of its rows; null if it has none in this layer.
     *
     * @param near the layer's cache, which holds the rows' keys and values
     */
    @Nullable
    OutOfWindowTokens prepare(int first, int rows, LayerCache near) {
        var store = store(first);
        if (store == null) {
            return null;
        }
        int width = shape.rowSize();
        store.prepare(
                layer, near, batch.position(first), rows, queries, first * width, width, rotations.inverse(first));
        return OutOfWindowTokens.of(store, layer);
    }

    /** The same for one row of each sequence. */
    @Nullable
    OutOfWindowTokens[] prepare(LayerCache[] caches, StepTimes times) {
        var parts = new @Nullable OutOfWindowTokens[caches.length];
        for (int row = 0; row < parts.length; row++) {
            if (store(row) != null) {
                long start = System.nanoTime();
                parts[row] = prepare(row, 1, caches[row]);
                times.add(row, System.nanoTime() - start);
            }
        }
        return parts;
    }

    /** Where prefill accumulates the attention that tokens in the window get: the store's own sums if it has some. */
    @Nullable
    AccumulatedAttention accumulated(@Nullable AccumulatedAttention otherwise) {
        var store = store(0);
        var sums = store == null ? null : store.accumulatedAttention(layer);
        return sums == null ? otherwise : new AccumulatedAttention(shape.queryHeads(), sums);
    }
}

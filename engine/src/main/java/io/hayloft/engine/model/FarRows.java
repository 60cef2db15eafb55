package io.hayloft.engine.model;

import io.hayloft.kv.attention.AccumulatedAttention;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.OutOfWindowTokens;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.FarMemory;
import io.hayloft.kv.cache.LayerCache;
import org.jspecify.annotations.Nullable;

/**
 * A batch's queries for out-of-window tokens, in one layer: copies that are rotated at positions of their own.
 *
 * @param queries [rows][queryHeads * headDim]; rows whose sequence has no such tokens are undefined
 */
record FarRows(int layer, AttentionShape shape, Batch batch, Rotations rotations, float[] queries) {
    /** Room for the queries, in the buffers if any sequence has out-of-window tokens. */
    static FarRows of(AttentionMixer mixer, Batch batch, Rotations rotations, Activations a) {
        boolean any = false;
        for (int row = 0; row < batch.rows(); row++) {
            any |= batch.cache(row).far() != null;
        }
        if (any && a.farQueries.length < a.queries.length) {
            a.farQueries = new float[a.queries.length];
        }
        return new FarRows(mixer.layer(), mixer.shape(), batch, rotations, a.farQueries);
    }

    private @Nullable FarMemory memory(int row) {
        return batch.cache(row).far();
    }

    /** Copies rows {@code from .. to-1} of queries that are not rotated yet, and rotates the copies. */
    void rotateQueries(float[] source, int from, int to) {
        for (int row = from; row < to; row++) {
            var memory = memory(row);
            if (memory != null) {
                System.arraycopy(source, row * shape.rowSize(), queries, row * shape.rowSize(), shape.rowSize());
                int position = memory.queryPosition(batch.position(row));
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
        var memory = memory(first);
        if (memory == null) {
            return null;
        }
        int width = shape.rowSize();
        memory.prepare(
                layer, near, batch.position(first), rows, queries, first * width, width, rotations.inverse(first));
        return OutOfWindowTokens.of(memory, layer);
    }

    /** The same for one row of each sequence. */
    @Nullable
    OutOfWindowTokens[] prepare(LayerCache[] caches, StepTimes times) {
        var parts = new @Nullable OutOfWindowTokens[caches.length];
        for (int row = 0; row < parts.length; row++) {
            if (memory(row) != null) {
                long start = System.nanoTime();
                parts[row] = prepare(row, 1, caches[row]);
                times.add(row, System.nanoTime() - start);
            }
        }
        return parts;
    }

    /** Where prefill accumulates the attention that tokens in the window get: the memory's own sums if it has some. */
    @Nullable
    AccumulatedAttention accumulated(@Nullable AccumulatedAttention otherwise) {
        var memory = memory(0);
        var sums = memory == null ? null : memory.mass(layer);
        return sums == null ? otherwise : new AccumulatedAttention(shape.queryHeads(), sums);
    }
}

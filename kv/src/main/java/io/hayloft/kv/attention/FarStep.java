package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/** The far half of a decode step: attention of those rows that have far tokens, joined with what they saw nearby. */
final class FarStep {
    private final DecodeStep step = new DecodeStep();
    private float[] queries = {};
    private float[] results = {};

    void join(
            AttentionShape shape,
            DecodeStep near,
            @Nullable FarPart[] far,
            float[] farQueries,
            int[] positions,
            float[] out,
            WorkerPool pool,
            long[] ownNanos) {
        int count = 0;
        for (var part : far) {
            count += part == null ? 0 : 1;
        }
        if (count == 0) {
            return;
        }
        var rows = new int[count];
        var caches = new LayerCache[count];
        var masks = new @Nullable TokenMask[count];
        var ends = new int[count];
        int width = shape.rowSize();
        queries = FarPart.room(queries, count * width);
        results = FarPart.room(results, count * width);
        int i = 0;
        for (int row = 0; row < far.length; row++) {
            var part = far[row];
            if (part != null) {
                rows[i] = row;
                caches[i] = part.tokens();
                masks[i] = part.mask();
                ends[i] = positions[row] - part.distance();
                System.arraycopy(farQueries, row * width, queries, i * width, width);
                i++;
            }
        }
        pool.run(step.begin(shape, caches, new @Nullable CachePolicy[count], masks, queries, ends), step);
        step.merge(results);
        for (i = 0; i < count; i++) {
            near.join(rows[i], out, step, i, results);
        }
        step.shareTime(rows, ownNanos);
        step.end();
    }
}

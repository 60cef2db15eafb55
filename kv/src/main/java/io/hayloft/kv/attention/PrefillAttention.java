package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/** Attention of many consecutive rows of one sequence over its cache. A tile of 128 tokens is decoded once for many rows. */
public final class PrefillAttention {
    private PrefillAttention() {}

    /**
     * Attends for rows over their cache.
     *
     * @param out results, in the shape of the queries; not the same array
     * @param accumulated adds the probabilities of these rows, if given
     */
    public static void attend(
            AttentionShape shape,
            ChunkRows rows,
            float[] out,
            WorkerPool pool,
            @Nullable AccumulatedAttention accumulated) {
        new PrefillStep(shape, rows, out, accumulated).run(pool);
    }

    /**
     * Attends for rows over their cache and out-of-window tokens; one softmax goes over both.
     *
     * @param outOfWindow the same rows over those tokens, see {@link OutOfWindowTokens#rows}
     * @param out results, in the shape of the queries; not the same array
     * @param accumulated adds the probabilities of the cache's tokens, if given
     */
    public static void attend(
            AttentionShape shape,
            ChunkRows rows,
            ChunkRows outOfWindow,
            float[] out,
            WorkerPool pool,
            @Nullable AccumulatedAttention accumulated) {
        var step = new PrefillStep(shape, rows, out, null);
        step.run(pool);
        var other = new PrefillStep(shape, outOfWindow, new float[rows.count() * shape.rowSize()], null);
        other.run(pool);
        pool.run(rows.count(), (row, worker) -> {
            for (int head = row * shape.queryHeads(); head < (row + 1) * shape.queryHeads(); head++) {
                step.results.join(head, other.results, head);
            }
        });
        if (accumulated != null) {
            var columns = new ColumnSumStep(step, accumulated);
            pool.run(columns.tasks(), columns);
        }
    }
}

package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/** Attention of many consecutive rows of one sequence over its cache. A tile of 128 tokens is decoded once for many rows. */
public final class PrefillAttention {
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private PrefillAttention() {}

    /** Arrays that a calling thread keeps from call to call. */
    private static final class Scratch {
        final AttentionResults near = new AttentionResults();
        final AttentionResults others = new AttentionResults();
        float[] otherRows = {}; // results over out-of-window tokens, in the shape of the queries
    }

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
        var results = SCRATCH.get().near;
        results.begin(shape.headDim(), rows.count() * shape.queryHeads(), out);
        new PrefillStep(shape, rows, results, accumulated).run(pool);
        results.end();
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
        var scratch = SCRATCH.get();
        int heads = rows.count() * shape.queryHeads();
        if (scratch.otherRows.length < heads * shape.headDim()) {
            scratch.otherRows = new float[heads * shape.headDim()];
        }
        scratch.near.begin(shape.headDim(), heads, out);
        scratch.others.begin(shape.headDim(), heads, scratch.otherRows);
        var step = new PrefillStep(shape, rows, scratch.near, null);
        step.run(pool);
        new PrefillStep(shape.withSinks(null), outOfWindow, scratch.others, null).run(pool); // sinks count once
        pool.run(rows.count(), (row, worker) -> {
            for (int head = row * shape.queryHeads(); head < (row + 1) * shape.queryHeads(); head++) {
                scratch.near.join(head, scratch.others, head);
            }
        });
        if (accumulated != null) {
            var columns = new ColumnSumStep(step, accumulated);
            pool.run(columns.tasks(), columns);
        }
        scratch.near.end();
    }
}

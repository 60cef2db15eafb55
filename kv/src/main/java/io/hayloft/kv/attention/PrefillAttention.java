package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.LayerCache;
import org.jspecify.annotations.Nullable;

/** Attention of many consecutive rows of one sequence over its cache. */
public final class PrefillAttention {
    private PrefillAttention() {}

    /**
     * Attends for rows whose keys and values are already in the cache.
     *
     * <p>Row r has position {@code firstPosition + r}. It sees the slots whose position is not above its own and, where
     * the shape has a window, above its own minus the window. A tile of 128 tokens is decoded once for many rows.
     *
     * @param q rotated queries [rows][queryHeads * headDim]
     * @param out results, in the shape of q; not the same array
     * @param mass adds the probabilities of these rows, if given
     */
    public static void attend(
            AttentionShape shape,
            LayerCache cache,
            float[] q,
            int rows,
            int firstPosition,
            float[] out,
            WorkerPool pool,
            @Nullable AttentionMass mass) {
        var step = new PrefillStep(shape, cache, q, rows, firstPosition, out, false, null, mass);
        step.run(pool);
    }

    /**
     * The same over the cache and far tokens, which are met with queries of their own; one softmax goes over both.
     *
     * @param far tokens behind those of the cache
     * @param farQueries queries for them, in the shape of q
     * @param mass adds the probabilities of the cache's tokens, if given
     */
    public static void attend(
            AttentionShape shape,
            LayerCache cache,
            float[] q,
            FarPart far,
            float[] farQueries,
            int rows,
            int firstPosition,
            float[] out,
            WorkerPool pool,
            @Nullable AttentionMass mass) {
        var step = new PrefillStep(shape, cache, q, rows, firstPosition, out, true, null, null);
        step.run(pool);
        var farOut = new float[rows * shape.rowSize()];
        var farStep = new PrefillStep(
                shape, far.tokens(), farQueries, rows, firstPosition - far.distance(), farOut, true, far.mask(), null);
        farStep.run(pool);
        pool.run(rows, (row, worker) -> {
            for (int i = row * shape.queryHeads(); i < (row + 1) * shape.queryHeads(); i++) {
                int at = i * shape.headDim();
                step.scale[i] *= FarPart.join(
                        out,
                        at,
                        step.max[i],
                        step.scale[i],
                        farOut,
                        at,
                        farStep.max[i],
                        farStep.scale[i],
                        shape.headDim());
            }
        });
        if (mass != null) {
            var columns = new MassStep(step, mass);
            pool.run(columns.tasks(), columns);
        }
    }
}

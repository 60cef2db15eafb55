package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/** Attention of one new row of each of several sequences, each over its own cache. */
public final class DecodeAttention {
    private static final ThreadLocal<DecodeStep> STEP = ThreadLocal.withInitial(DecodeStep::new);
    private static final ThreadLocal<FarStep> FAR = ThreadLocal.withInitial(FarStep::new);

    private DecodeAttention() {}

    /**
     * Attends for one row of each sequence; the row's key and value are already in its cache. Then tells each policy.
     *
     * <p>The work is split into stretches of 1024 tokens of a KV head, counted from the first token, whatever the number
     * of sequences and threads; the stretches' softmax sums are merged in order.
     *
     * @param layer index of the layer, told to the policies
     * @param caches this layer's cache of each sequence; lengths and codecs may differ
     * @param policies of each sequence; null for none
     * @param q rotated queries [caches][queryHeads * headDim]
     * @param positions position of each row
     * @param out results, in the shape of q; not the same array
     */
    public static void attend(
            AttentionShape shape,
            int layer,
            LayerCache[] caches,
            @Nullable CachePolicy[] policies,
            float[] q,
            int[] positions,
            float[] out,
            WorkerPool pool) {
        var far = new @Nullable FarPart[caches.length];
        attend(shape, layer, caches, policies, q, far, q, positions, out, pool, new long[caches.length]);
    }

    /**
     * The same, where some sequences have far tokens too.
     *
     * @param far of each sequence; null for none
     * @param farQueries queries for far tokens, in the shape of q
     * @param ownNanos wall time that each sequence's attention and policy took [caches], added to: what the threads do
     *     together is shared out by the time that each sequence's part of it took
     */
    public static void attend(
            AttentionShape shape,
            int layer,
            LayerCache[] caches,
            @Nullable CachePolicy[] policies,
            float[] q,
            @Nullable FarPart[] far,
            float[] farQueries,
            int[] positions,
            float[] out,
            WorkerPool pool,
            long[] ownNanos) {
        var step = STEP.get();
        var masks = new @Nullable TokenMask[caches.length];
        for (int row = 0; row < caches.length; row++) {
            var policy = policies[row];
            masks[row] = policy == null ? null : policy.mask(layer);
        }
        int tasks = step.begin(shape, caches, policies, masks, q, positions);
        pool.run(tasks, step);
        step.merge(out);
        step.shareTime(null, ownNanos);
        FAR.get().join(shape, step, far, farQueries, positions, out, pool, ownNanos);
        for (int row = 0; row < caches.length; row++) {
            var policy = policies[row];
            if (policy != null) {
                long start = System.nanoTime();
                policy.afterStep(layer, caches[row], step.attention(row));
                ownNanos[row] += System.nanoTime() - start;
            }
        }
        step.end();
    }
}

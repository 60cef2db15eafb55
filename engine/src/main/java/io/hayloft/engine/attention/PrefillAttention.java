package io.hayloft.engine.attention;

import io.hayloft.engine.cache.LayerCache;
import io.hayloft.engine.kernel.WorkerPool;
import org.jspecify.annotations.Nullable;

/** Attention of many consecutive rows of one sequence over its cache. */
public final class PrefillAttention {
    private PrefillAttention() {}

    /**
     * Attends for rows whose keys and values are already in the cache.
     *
     * <p>Row r has position {@code firstPosition + r}. It sees the slots whose position is not above its own and, where
     * the shape has a window, above its own minus the window.
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
        throw new UnsupportedOperationException();
    }
}

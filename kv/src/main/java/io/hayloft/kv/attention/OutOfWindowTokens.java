package io.hayloft.kv.attention;

import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * The out-of-window tokens of one sequence in one layer.
 *
 * @param tokens the tokens
 * @param distance a query at position p sees those up to p minus this
 * @param mask hides more of them, if given
 */
public record OutOfWindowTokens(
        LayerCache tokens, int distance, @Nullable TokenMask mask) {
    /** The out-of-window tokens that a store offers in a layer now; null if there are none. */
    public static @Nullable OutOfWindowTokens of(@Nullable OutOfWindowStore store, int layer) {
        var tokens = store == null ? null : store.tokens(layer);
        return store == null || tokens == null
                ? null
                : new OutOfWindowTokens(tokens, store.distance(), store.outOfWindowMask(layer));
    }

    /**
     * The tokens as rows of a prefill see them.
     *
     * @param queries of the rows, rotated for these tokens [near.count()][queryHeads * headDim]
     * @param near the same rows over the sequence's cache
     */
    public ChunkRows rows(float[] queries, ChunkRows near) {
        return new ChunkRows(tokens, queries, near.count(), near.firstPosition() - distance, mask);
    }
}

package io.hayloft.kv.attention;

import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one sequence and the tokens that they attend to in one layer. Row r has position {@code firstPosition +
 * r} and sees the slots whose position is not above its own and, where there is a window, above its own minus the window.
 *
 * @param cache the tokens; keys and values of the rows themselves are among them already
 * @param queries rotated queries [count][queryHeads * headDim]
 * @param count number of rows
 * @param mask hides more of the tokens; null for none
 */
public record ChunkRows(
        LayerCache cache,
        float[] queries,
        int count,
        int firstPosition,
        @Nullable TokenMask mask) {
    /** Rows that see all tokens that positions and window let them see. */
    public ChunkRows(LayerCache cache, float[] queries, int count, int firstPosition) {
        this(cache, queries, count, firstPosition, null);
    }

    /** Position of a row. */
    int position(int row) {
        return firstPosition + row;
    }
}

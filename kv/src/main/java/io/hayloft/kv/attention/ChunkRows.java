package io.hayloft.kv.attention;

import io.hayloft.kv.cache.AppendedRows;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one sequence and the tokens that they attend to in one layer. Row r has position {@code firstPosition +
 * r} and sees the slots whose position is not above its own and, where there is a window, above its own minus the window.
 *
 * @param cache the tokens; keys and values of the rows themselves are among them already
 * @param queries rotated queries [rows][queryHeads * headDim]
 * @param firstRow row of the queries, and of the results, that belongs to the first of these rows
 * @param count number of rows
 * @param mask hides more of the tokens; null for none
 * @param appended how the rows' tokens came into the cache, if earlier ones are to see values that were packed since; or null
 */
public record ChunkRows(
        LayerCache cache,
        float[] queries,
        int firstRow,
        int count,
        int firstPosition,
        @Nullable TokenMask mask,
        @Nullable AppendedRows appended) {
    /** Rows that see all tokens that positions and window let them see. */
    public ChunkRows(LayerCache cache, float[] queries, int count, int firstPosition) {
        this(cache, queries, 0, count, firstPosition, null, null);
    }

    /** Position of a row. */
    int position(int row) {
        return firstPosition + row;
    }
}

package io.hayloft.kv.attention;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import org.jspecify.annotations.Nullable;

/**
 * Known tokens of several sequences in one layer, the same number of each.
 *
 * @param sequences the sequences; rows of sequence i begin at row {@code firstRow}
 * @param count tokens of each
 * @param keys rotated keys [rows][kvHeads * headDim]
 * @param values likewise
 * @param queries rotated queries [rows][queryHeads * headDim]
 */
public record KnownRows(Sequence[] sequences, int count, float[] keys, float[] values, float[] queries) {
    /**
     * One sequence.
     *
     * @param cache the layer's cache, which does not hold the tokens yet
     * @param policy changes the cache after each token; null if nothing does
     * @param firstRow its first row
     * @param position position of its first token
     */
    public record Sequence(LayerCache cache, @Nullable CachePolicy policy, int firstRow, int position) {}
}

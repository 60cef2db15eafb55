package io.hayloft.kv.attention;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a decode step in one layer: the newest token of each of several sequences, whose key and value are in its cache
 * already.
 *
 * @param caches the layer's cache of each sequence [rows]; lengths and codecs may differ
 * @param policies of each sequence [rows]; null for none
 * @param outOfWindow out-of-window tokens of each sequence [rows]; null for none
 * @param queries rotated queries [rows][queryHeads * headDim]
 * @param outOfWindowQueries queries for out-of-window tokens, in the shape of {@code queries}; not read where there are none
 * @param positions position of each row [rows]
 * @param times takes the wall time of each row's attention and policy: what the threads do together is shared out by the time
 *     that each row's part of it took
 */
public record StepRows(
        LayerCache[] caches,
        @Nullable CachePolicy[] policies,
        @Nullable OutOfWindowTokens[] outOfWindow,
        float[] queries,
        float[] outOfWindowQueries,
        int[] positions,
        StepTimes times) {
    /** Number of rows. */
    int count() {
        return caches.length;
    }
}

package io.hayloft.kv.cache;

import org.jspecify.annotations.Nullable;

/**
 * Tokens outside a cache's window that queries still see, at a remapped distance: attention sinks, blocks that are looked
 * up. Queries get a second rotation for them, and one softmax goes over both parts. One object serves one sequence and
 * belongs to its {@link SequenceCache}.
 */
public interface OutOfWindowStore extends AutoCloseable {
    /** Undoes the rotation of keys. */
    @FunctionalInterface
    interface InverseRotation {
        /** Takes the key [headDim] from {@code at} on, which was rotated at a position, back to position 0, in place. */
        void undo(float[] key, int at, int position);
    }

    /** Position at which a query is rotated when it meets these tokens. */
    int queryPosition(int position);

    /** A query at position p sees tokens at positions up to p minus this. */
    int distance();

    /** The out-of-window tokens of a layer; null for a layer that has only its cache. */
    @Nullable
    LayerCache tokens(int layer);

    /**
     * Called in each layer when the rows' keys and values are in the cache, before attention.
     *
     * @param near the layer's cache, from which tokens that leave the window can be copied
     * @param first position of the first row
     * @param queries the rows' queries, rotated at {@link #queryPosition}: row r at {@code at + r * width}
     * @param width queryHeads * headDim
     * @param rotation undoes the rotation of the layer's keys
     */
    void prepare(
            int layer,
            LayerCache near,
            int first,
            int rows,
            float[] queries,
            int at,
            int width,
            InverseRotation rotation);

    /** Which of a layer's tokens the rows see that were prepared last; null for all. Slots are those of {@link #tokens}. */
    default @Nullable TokenMask outOfWindowMask(int layer) {
        return null;
    }

    /**
     * Where prefill accumulates the attention that tokens of the cache get while they are in the window: [queryHeads]
     * [tokens], by position, with room for the rows that were prepared last; null where nobody asks.
     */
    default float @Nullable [] accumulatedAttention(int layer) {
        return null;
    }

    /** The policy that these tokens need after each decode step; null for none. It is forked and closed with them. */
    default @Nullable CachePolicy policy() {
        return null;
    }

    /** Bytes of all out-of-window tokens, of what finds them, and of {@link #policy}. */
    long bytes();

    /** Bytes of what a step reads. */
    default long residentBytes() {
        return bytes();
    }

    /** A copy that changes independently of this one; the caller closes it. */
    OutOfWindowStore fork();

    @Override
    void close();
}

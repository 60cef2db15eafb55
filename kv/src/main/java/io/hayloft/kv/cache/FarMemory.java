package io.hayloft.kv.cache;

import org.jspecify.annotations.Nullable;

/**
 * Tokens that lie behind the ones of a cache and that queries see from another distance than the true one: attention sinks,
 * blocks that are looked up. Queries have a second rotation for them, and one softmax goes over both parts. One object
 * serves one sequence and belongs to its {@link SequenceCache}.
 */
public interface FarMemory extends AutoCloseable {
    /** Turns a key to position 0, in place. */
    @FunctionalInterface
    interface KeyTurner {
        /** Turns back the key [headDim] from {@code at} on, which was rotated at a position. */
        void turnBack(float[] key, int at, int position);
    }

    /** Position at which a query is rotated when it meets far tokens. */
    int queryPosition(int position);

    /** A query at position p sees far tokens at positions up to p minus this. */
    int distance();

    /** The far tokens of a layer; null for a layer that has only its cache. */
    @Nullable
    LayerCache tokens(int layer);

    /**
     * Called in each layer when the rows' keys and values are in the near cache, before attention.
     *
     * @param first position of the first row
     * @param queries the rows' queries as far tokens meet them: row r at {@code at + r * width}
     * @param width queryHeads * headDim
     */
    void prepare(int layer, LayerCache near, int first, int rows, float[] queries, int at, int width, KeyTurner turner);

    /** Which far tokens of a layer the rows see that were prepared last; null for all. Slots are those of {@link #tokens}. */
    default @Nullable TokenMask farMask(int layer) {
        return null;
    }

    /**
     * Where prefill adds the attention that tokens of the near cache get, while they are near: [queryHeads][tokens], by
     * position, with room for the rows that were prepared last; null where nobody asks.
     */
    default float @Nullable [] mass(int layer) {
        return null;
    }

    /** Bytes of all far tokens and what finds them. */
    long bytes();

    /** Bytes of what a step reads. */
    default long residentBytes() {
        return bytes();
    }

    /** A deep copy. */
    FarMemory fork();

    @Override
    void close();
}

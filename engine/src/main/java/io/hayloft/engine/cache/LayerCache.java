package io.hayloft.engine.cache;

/**
 * Keys and values of one layer of one sequence. Tokens of a head lie in slots from 0; heads may hold different ones.
 * Changing it is for one thread at a time.
 */
public final class LayerCache {
    public int kvHeads() {
        throw new UnsupportedOperationException();
    }

    public int headDim() {
        throw new UnsupportedOperationException();
    }

    /** Tokens that a query sees, itself included; 0 for all. */
    public int window() {
        throw new UnsupportedOperationException();
    }

    public KvCodec codec() {
        throw new UnsupportedOperationException();
    }

    /** Tokens that a head holds. */
    public int length(int head) {
        throw new UnsupportedOperationException();
    }

    /** Position in the sequence of the token in a slot. */
    public int position(int head, int slot) {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends tokens to all heads; values are rounded to the codec here.
     *
     * @param k keys: row r of head h begins at {@code kAt + r * rowStride + h * headDim}
     * @param v values, likewise
     * @param rows number of tokens
     * @param firstPosition position of the first one
     */
    public void append(float[] k, int kAt, float[] v, int vAt, int rows, int rowStride, int firstPosition) {
        throw new UnsupportedOperationException();
    }

    /** Reads keys of slots from, from + 1, ... as floats into dst [count][headDim]. */
    public void readKeys(int head, int from, int count, float[] dst, int at) {
        throw new UnsupportedOperationException();
    }

    /** Reads values of slots from, from + 1, ... as floats into dst [count][headDim]. */
    public void readValues(int head, int from, int count, float[] dst, int at) {
        throw new UnsupportedOperationException();
    }

    /**
     * Drops a token. The token in the last slot takes its place, so that slot order is not position order afterwards.
     *
     * @throws UnsupportedOperationException if the codec groups tokens
     */
    public void evict(int head, int slot) {
        throw new UnsupportedOperationException();
    }

    /** Bytes allocated for this layer. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }
}

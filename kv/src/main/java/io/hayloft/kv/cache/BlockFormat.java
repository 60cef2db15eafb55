package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;

/**
 * How the keys or the values of 32 tokens of a head lie in a block, each token coded by itself.
 *
 * <p>A block is a matrix whose lanes go through the vector unit side by side. Keys: rows are channels, lanes are tokens,
 * so that a query meets 32 tokens at once. Values: rows are tokens, lanes are channels (padded to a multiple of 16).
 * Either way attention multiplies a few short vectors, one for each query head of the group, with the matrix.
 */
abstract class BlockFormat {
    /** Tokens of a block. */
    static final int TOKENS = 32;

    private static final int CHANNEL_ALIGNMENT = 16;

    /** Whether a block holds keys, else values. */
    final boolean keys;

    /** Channels of a head. */
    final int channels;

    /** Rows of the matrix. */
    final int rows;

    /** Lanes of a row. */
    final int lanes;

    BlockFormat(boolean keys, int channels) {
        this.keys = keys;
        this.channels = channels;
        this.rows = keys ? channels : TOKENS;
        this.lanes = keys ? TOKENS : paddedChannels(channels);
    }

    /** Channels of a row of values, padding included. */
    static int paddedChannels(int channels) {
        return (channels + CHANNEL_ALIGNMENT - 1) & -CHANNEL_ALIGNMENT;
    }

    /** Where a number of the matrix lies, counted in numbers. */
    final long index(int token, int channel) {
        return keys ? (long) channel * lanes + token : (long) token * lanes + channel;
    }

    /** Bytes of a block. */
    abstract int bytes();

    /** Encodes a token's channels. */
    abstract void store(MemorySegment block, long at, int token, float[] src, int srcAt);

    /** Decodes a token's channels. */
    abstract void load(MemorySegment block, long at, int token, float[] dst, int dstAt);

    /** Whether blocks of the other format, of the same channels, look the same. */
    boolean same(BlockFormat other) {
        return getClass() == other.getClass();
    }

    /** Copies a token from a block of this format to another, code by code. */
    abstract void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken);

    /** Decodes all rows, padding included, to dst [rows][stride]. */
    abstract void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride);

    /** Groups of channels for which {@link #addValues} keeps a vector of sums; see {@link ValueSums}. */
    int sumGroups() {
        return 0;
    }

    /** Channels of such a group. */
    int sumGroupChannels() {
        return channels;
    }

    /** Of a block of keys: out[head][token] += sum over channels of query * key, for all 32 tokens. */
    abstract void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride);

    /**
     * Of a block of values: out[head][channel] += sum over the first tokens of p[head][token] * value.
     *
     * @param p [heads][pStride]
     * @param out [heads][outStride]: channels, then one vector for each of the {@link #sumGroups}
     */
    abstract void addValues(
            BlockScratch scratch,
            MemorySegment block,
            long at,
            int tokens,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride);
}

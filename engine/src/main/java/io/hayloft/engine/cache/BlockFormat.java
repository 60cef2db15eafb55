package io.hayloft.engine.cache;

import java.lang.foreign.MemorySegment;

/**
 * How the keys or the values of 32 tokens of a head lie in a block.
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

    /** Lanes of a row. */
    final int lanes;

    BlockFormat(boolean keys, int channels) {
        this.keys = keys;
        this.channels = channels;
        this.lanes = keys ? TOKENS : paddedChannels(channels);
    }

    /** Channels of a row of values, padding included. */
    static int paddedChannels(int channels) {
        return (channels + CHANNEL_ALIGNMENT - 1) & -CHANNEL_ALIGNMENT;
    }

    /** Bytes of a block. */
    abstract int bytes();

    /** Encodes a token's channels. */
    abstract void store(MemorySegment block, long at, int token, float[] src, int srcAt);

    /** Decodes a token's channels. */
    abstract void load(MemorySegment block, long at, int token, float[] dst, int dstAt);

    /** Decodes all rows, padding included, to dst [rows][stride]. */
    abstract void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride);

    /**
     * Multiplies and adds: keys: out[head][token] += sum over channels of x[head][channel] * key; values:
     * out[head][channel] += sum over the first tokens of x[head][token] * value.
     *
     * @param tokens how many tokens count; keys compute all 32, whatever this says
     * @param x one row of {@code channels} or {@code tokens} floats for each head
     */
    abstract void multiply(
            BlockScratch scratch,
            MemorySegment block,
            long at,
            int tokens,
            float[] x,
            int xAt,
            int xStride,
            int heads,
            float[] out,
            int outAt,
            int outStride);

    /** What {@link #multiply} computes, token by token without vectors: the reference of its tests. */
    final void multiplyScalar(
            MemorySegment block,
            long at,
            int tokens,
            float[] x,
            int xAt,
            int xStride,
            int heads,
            float[] out,
            int outAt,
            int outStride) {
        var token = new float[channels];
        for (int t = 0; t < tokens; t++) {
            load(block, at, t, token, 0);
            for (int head = 0; head < heads; head++) {
                for (int c = 0; c < channels; c++) {
                    int from = xAt + head * xStride + (keys ? c : t);
                    int to = outAt + head * outStride + (keys ? t : c);
                    out[to] += x[from] * token[c];
                }
            }
        }
    }
}

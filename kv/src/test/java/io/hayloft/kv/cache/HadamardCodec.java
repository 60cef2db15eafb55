package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A codec that is all in this file: groups of quantised values of keys and values that were multiplied with a Hadamard
 * matrix, which spreads outliers over all channels. Channels must be a power of two.
 */
record HadamardCodec(int bits, int group) implements KvCodec {
    @Override
    public String text() {
        return "hadamard(bits=" + bits + ",group=" + group + ")";
    }

    @Override
    public KeyStore keyStore(int headDim, BlockMemory memory) {
        return new PlainKeys(new Rotated(new TokenGroups(true, headDim, bits, group, false, true)), memory);
    }

    @Override
    public ValueStore valueStore(int headDim, BlockMemory memory) {
        return new PlainValues(new Rotated(new TokenGroups(false, headDim, bits, group, false, true)), memory);
    }

    @Override
    public long bits(int headDim, int tokens) {
        return new FlexGen(bits, group, false).bits(headDim, tokens);
    }

    /** Multiplies with the Hadamard matrix divided by the root of its size, in place; twice gives what was there before. */
    static void rotate(float[] x, int at, int size) {
        for (int half = 1; half < size; half *= 2) {
            for (int i = 0; i < size; i++) {
                if ((i & half) == 0) {
                    float a = x[at + i];
                    float b = x[at + i + half];
                    x[at + i] = a + b;
                    x[at + i + half] = a - b;
                }
            }
        }
        float factor = (float) (1 / Math.sqrt(size));
        for (int i = 0; i < size; i++) {
            x[at + i] *= factor;
        }
    }

    /** Blocks of another format that hold rotated tokens. */
    private static final class Rotated extends BlockFormat {
        private final BlockFormat inner;

        Rotated(BlockFormat inner) {
            super(inner.keys, inner.channels);
            this.inner = inner;
        }

        @Override
        int bytes() {
            return inner.bytes();
        }

        @Override
        void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
            var rotated = Arrays.copyOfRange(src, srcAt, srcAt + channels);
            rotate(rotated, 0, channels);
            inner.store(block, at, token, rotated, 0);
        }

        @Override
        void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
            inner.load(block, at, token, dst, dstAt);
            rotate(dst, dstAt, channels);
        }

        @Override
        void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
            inner.copy(from, fromAt, fromToken, to, toAt, toToken);
        }

        @Override
        void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
            inner.expand(block, at, dst, dstAt, stride);
        }

        @Override
        int sumGroups() {
            return inner.sumGroups();
        }

        @Override
        int sumGroupChannels() {
            return inner.sumGroupChannels();
        }

        @Override
        void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
            inner.addScores(scratch, block, at, out, outAt, outStride);
        }

        @Override
        void addValues(BlockScratch scratch, MemorySegment block, long at, int tokens) {
            inner.addValues(scratch, block, at, tokens);
        }

        @Override
        boolean rotates() {
            return true;
        }

        @Override
        void prepareQueries(float[] q, int at, int rows) {
            for (int row = 0; row < rows; row++) {
                rotate(q, at + row * channels, channels);
            }
        }

        @Override
        void finishOutputs(float[] out, int at, int rows) {
            prepareQueries(out, at, rows);
        }
    }
}

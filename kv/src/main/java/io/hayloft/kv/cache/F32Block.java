package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A block of 32-bit floats. */
final class F32Block extends BlockFormat {
    F32Block(boolean keys, int channels) {
        super(keys, channels);
    }

    @Override
    int bytes() {
        return BlockList.rounded(rows * lanes * Float.BYTES);
    }

    @Override
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        for (int c = 0; c < channels; c++) {
            block.set(ValueLayout.JAVA_FLOAT, at + Float.BYTES * index(token, c), src[srcAt + c]);
        }
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int c = 0; c < channels; c++) {
            dst[dstAt + c] = block.get(ValueLayout.JAVA_FLOAT, at + Float.BYTES * index(token, c));
        }
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        for (int c = 0; c < channels; c++) {
            var number = from.get(ValueLayout.JAVA_FLOAT, fromAt + Float.BYTES * index(fromToken, c));
            to.set(ValueLayout.JAVA_FLOAT, toAt + Float.BYTES * index(toToken, c), number);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        for (int row = 0; row < rows; row++) {
            long from = at + (long) Float.BYTES * row * lanes;
            MemorySegment.copy(block, ValueLayout.JAVA_FLOAT, from, dst, dstAt + row * stride, lanes);
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        F32Rows.add(scratch.queries(), 0, channels, scratch.heads(), channels, block, at, lanes, out, outAt, outStride);
    }

    @Override
    void addValues(
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
            int outStride) {
        F32Rows.add(p, pAt, pStride, heads, tokens, block, at, lanes, out, outAt, outStride);
    }
}

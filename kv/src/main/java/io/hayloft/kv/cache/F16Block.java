package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A block of 16-bit floats. */
final class F16Block extends BlockFormat {
    F16Block(boolean keys, int channels) {
        super(keys, channels);
    }

    @Override
    int bytes() {
        return BlockList.rounded(rows * lanes * Short.BYTES);
    }

    @Override
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        for (int c = 0; c < channels; c++) {
            block.set(ValueLayout.JAVA_SHORT, at + Short.BYTES * index(token, c), Half.bits(src[srcAt + c]));
        }
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int c = 0; c < channels; c++) {
            short bits = block.get(ValueLayout.JAVA_SHORT, at + Short.BYTES * index(token, c));
            dst[dstAt + c] = Float.float16ToFloat(bits);
        }
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        for (int c = 0; c < channels; c++) {
            var number = from.get(ValueLayout.JAVA_SHORT, fromAt + Short.BYTES * index(fromToken, c));
            to.set(ValueLayout.JAVA_SHORT, toAt + Short.BYTES * index(toToken, c), number);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        for (int row = 0; row < rows; row++) {
            F16Rows.widen(block, at + (long) Short.BYTES * row * lanes, dst, dstAt + row * stride, lanes);
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        F16Rows.add(scratch.lifted(), 0, channels, scratch.heads(), channels, block, at, lanes, out, outAt, outStride);
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
        var lifted = scratch.factors(heads * TOKENS);
        F16Rows.lift(p, pAt, pStride, heads, TOKENS, lifted);
        F16Rows.add(lifted, 0, TOKENS, heads, tokens, block, at, lanes, out, outAt, outStride);
    }
}

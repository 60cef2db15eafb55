package io.hayloft.engine.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A block of 32-bit floats. */
final class F32Block extends BlockFormat {
    F32Block(boolean keys, int channels) {
        super(keys, channels);
    }

    @Override
    int bytes() {
        return BlockList.rounded((keys ? channels : TOKENS) * lanes * Float.BYTES);
    }

    private long index(int token, int channel) {
        return keys ? (long) channel * lanes + token : (long) token * lanes + channel;
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
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        int rows = keys ? channels : TOKENS;
        for (int row = 0; row < rows; row++) {
            long from = at + (long) Float.BYTES * row * lanes;
            MemorySegment.copy(block, ValueLayout.JAVA_FLOAT, from, dst, dstAt + row * stride, lanes);
        }
    }

    @Override
    void multiply(
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
            int outStride) {
        F32Rows.add(x, xAt, xStride, heads, keys ? channels : tokens, block, at, lanes, out, outAt, outStride);
    }
}

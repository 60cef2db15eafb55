package io.hayloft.engine.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A block of 16-bit floats. */
final class F16Block extends BlockFormat {
    F16Block(boolean keys, int channels) {
        super(keys, channels);
    }

    @Override
    int bytes() {
        return BlockList.rounded((keys ? channels : TOKENS) * lanes * Short.BYTES);
    }

    private long index(int token, int channel) {
        return keys ? (long) channel * lanes + token : (long) token * lanes + channel;
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
            dst[dstAt + c] =
                    Float.float16ToFloat(block.get(ValueLayout.JAVA_SHORT, at + Short.BYTES * index(token, c)));
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        int rows = keys ? channels : TOKENS;
        for (int row = 0; row < rows; row++) {
            F16Rows.widen(block, at + (long) Short.BYTES * row * lanes, dst, dstAt + row * stride, lanes);
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
        int rows = keys ? channels : tokens;
        var scaled = scratch.factors(heads * rows);
        for (int head = 0; head < heads; head++) {
            for (int row = 0; row < rows; row++) {
                scaled[head * rows + row] = x[xAt + head * xStride + row] * F16Rows.FACTOR;
            }
        }
        F16Rows.add(scaled, 0, rows, heads, rows, block, at, lanes, out, outAt, outStride);
    }
}

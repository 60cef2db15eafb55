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
        if (!keys && channels == lanes) {
            F16Rows.widen(block, at + Short.BYTES * index(token, 0), dst, dstAt, channels);
            return;
        }
        for (int c = 0; c < channels; c++) {
            short bits = block.get(ValueLayout.JAVA_SHORT, at + Short.BYTES * index(token, c));
            dst[dstAt + c] = Float.float16ToFloat(bits);
        }
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        if (!keys) {
            long source = fromAt + Short.BYTES * index(fromToken, 0);
            long target = toAt + Short.BYTES * index(toToken, 0);
            MemorySegment.copy(from, source, to, target, (long) Short.BYTES * channels);
            return;
        }
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
        var product = scratch.product().to(scratch.heads(), out, outAt, outStride);
        if (scratch.liftOverflows()) {
            F16Rows.addUnlifted(product.of(scratch.queries(), 0, channels), channels, block, at, lanes);
        } else {
            F16Rows.add(product.of(scratch.lifted(), 0, channels), channels, block, at, lanes);
        }
    }

    @Override
    void addValues(BlockScratch scratch, MemorySegment block, long at, int tokens) {
        var w = scratch.weights();
        var lifted = scratch.factors(w.heads * TOKENS);
        F16Rows.lift(w, TOKENS, lifted);
        var product = scratch.product().of(lifted, 0, TOKENS).to(w.heads, w.out, w.outAt, w.outStride);
        F16Rows.add(product, tokens, block, at, lanes);
    }
}

package io.hayloft.engine.cache;

import io.hayloft.engine.kernel.VectorWidth;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * A block of bytes, each token coded by itself: every 32 channels of a token share a 16-bit scale, value = scale * code
 * with codes from -127 to 127, stored with 128 added.
 *
 * <p>In this order, which is the order of reading: for each group of channels 32 scales, one for each token, then the
 * matrix of codes.
 */
final class Q8Block extends BlockFormat {
    private static final int GROUP = CodecSizes.Q8_GROUP;
    private static final int LARGEST = 127;
    private static final int OFFSET = 128;
    private static final int LANES = VectorWidth.LANES;

    private final int groups;
    private final Codes codes;
    private final Scales scales = new Scales(false);

    Q8Block(boolean keys, int channels) {
        super(keys, channels);
        this.groups = CodecSizes.groups(channels, GROUP);
        this.codes = new Codes(8, rows, lanes);
    }

    @Override
    int bytes() {
        return BlockList.rounded(header() + codes.bytes());
    }

    private int header() {
        return scales.bytes(groups * TOKENS);
    }

    @Override
    int sumGroups() {
        return keys ? 0 : groups;
    }

    @Override
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        for (int g = 0; g < groups; g++) {
            int end = Math.min(channels, (g + 1) * GROUP);
            float largest = 0;
            for (int c = g * GROUP; c < end; c++) {
                largest = Math.max(largest, Math.abs(src[srcAt + c]));
            }
            float scale = Half.round(largest / LARGEST);
            scales.set(block, at, g * TOKENS + token, scale);
            for (int c = g * GROUP; c < end; c++) {
                double code = scale == 0 ? 0 : Math.rint(src[srcAt + c] / scale);
                set(block, at, token, c, (int) Math.clamp(code, -LARGEST, LARGEST) + OFFSET);
            }
        }
    }

    private void set(MemorySegment block, long at, int token, int channel, int code) {
        codes.set(block, at + header(), keys ? channel : token, keys ? token : channel, code);
    }

    private float get(MemorySegment block, long at, int token, int channel) {
        int code = codes.get(block, at + header(), keys ? channel : token, keys ? token : channel);
        return (code - OFFSET) * scales.get(block, at, channel / GROUP * TOKENS + token);
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int c = 0; c < channels; c++) {
            dst[dstAt + c] = get(block, at, token, c);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        for (int token = 0; token < TOKENS; token++) {
            for (int c = 0; c < channels; c++) {
                dst[dstAt + (keys ? c * stride + token : token * stride + c)] = get(block, at, token, c);
            }
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        int heads = scratch.heads();
        var s = scratch.scales(groups * TOKENS);
        scales.read(block, at, groups * TOKENS, s);
        var sums = scratch.sums(heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int from = g * GROUP;
            int count = Math.min(GROUP, codes.paddedRows() - from);
            var x = scratch.padded(codes.paddedRows());
            java.util.Arrays.fill(sums, 0, heads * TOKENS, 0);
            long words = at + header() + (long) from * lanes;
            PackedRows.add(x, from, codes.paddedRows(), heads, count, 8, block, words, lanes, lanes, sums, 0, TOKENS);
            for (int head = 0; head < heads; head++) {
                float offset = OFFSET * scratch.groupSums()[g * heads + head];
                addScaled(sums, head * TOKENS, offset, s, g * TOKENS, out, outAt + head * outStride);
            }
        }
    }

    /** Adds scale times (sum minus what the codes' offset has added to it). */
    private static void addScaled(float[] sums, int at, float offset, float[] s, int sAt, float[] out, int outAt) {
        for (int i = 0; i < TOKENS; i += LANES) {
            FloatVector.fromArray(VectorWidth.FLOATS, sums, at + i)
                    .sub(offset)
                    .fma(
                            FloatVector.fromArray(VectorWidth.FLOATS, s, sAt + i),
                            FloatVector.fromArray(VectorWidth.FLOATS, out, outAt + i))
                    .intoArray(out, outAt + i);
        }
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
        var s = scratch.scales((groups + 1) * TOKENS);
        scales.read(block, at, groups * TOKENS, s);
        var factors = scratch.factors(heads * TOKENS);
        var pair = scratch.sums(2 * TOKENS);
        for (int g = 0; g < groups; g++) {
            for (int token = 0; token < TOKENS; token++) {
                pair[token] = s[g * TOKENS + token];
                pair[TOKENS + token] = -OFFSET * pair[token];
            }
            for (int head = 0; head < heads; head++) {
                int sum = outAt + head * outStride + lanes + g * LANES;
                ValueSums.fold(p, pAt + head * pStride, pair, 0, factors, head * TOKENS, out, sum);
            }
            int from = g * GROUP;
            long words = at + header() + (long) Integer.BYTES * from;
            int count = Math.min(GROUP, lanes - from);
            PackedRows.add(
                    factors, 0, TOKENS, heads, TOKENS, 8, block, words, lanes, count, out, outAt + from, outStride);
        }
    }
}

package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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

    /** Adding and subtracting this rounds a number below 2^22 to a whole one, ties to even. */
    private static final float ROUNDER = 0x1.8p23f;

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
    int sumGroupChannels() {
        return GROUP;
    }

    @Override
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        var groupCodes = new int[GROUP];
        for (int g = 0; g < groups; g++) {
            int from = g * GROUP;
            int count = Math.min(GROUP, channels - from);
            scales.set(block, at, g * TOKENS + token, quantize(src, srcAt + from, count, groupCodes));
            if (keys) {
                codes.setLane(block, at + header(), from, token, groupCodes, count);
            } else {
                codes.setRow(block, at + header(), token, from, groupCodes, 0, count);
            }
        }
    }

    /** Codes a group and returns its scale, a 16-bit float. */
    private static float quantize(float[] x, int at, int count, int[] codes) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(x[at + i]));
        }
        float scale = Half.round(largest / LARGEST);
        float divisor = scale == 0 ? Float.POSITIVE_INFINITY : scale;
        for (int i = 0; i < count; i++) {
            float steps = x[at + i] / divisor + ROUNDER - ROUNDER;
            codes[i] = (int) Math.max(-LARGEST, Math.min(LARGEST, steps)) + OFFSET;
        }
        return scale;
    }

    private int code(MemorySegment block, long at, int token, int channel) {
        return codes.get(block, at + header(), keys ? channel : token, keys ? token : channel);
    }

    private float get(MemorySegment block, long at, int token, int channel) {
        return (code(block, at, token, channel) - OFFSET) * scales.get(block, at, channel / GROUP * TOKENS + token);
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int c = 0; c < channels; c++) {
            dst[dstAt + c] = get(block, at, token, c);
        }
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        for (int g = 0; g < groups; g++) {
            scales.set(to, toAt, g * TOKENS + toToken, scales.get(from, fromAt, g * TOKENS + fromToken));
        }
        for (int c = 0; c < channels; c++) {
            int code = code(from, fromAt, fromToken, c);
            codes.set(to, toAt + header(), keys ? c : toToken, keys ? toToken : c, code);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        codes.expand(block, at + header(), rows, 0, lanes, dst, dstAt, stride);
        var s = new float[groups * TOKENS];
        scales.read(block, at, s.length, s);
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < lanes; lane++) {
                int i = dstAt + row * stride + lane;
                int group = Math.min(groups - 1, (keys ? row : lane) / GROUP);
                dst[i] = (dst[i] - OFFSET) * s[group * TOKENS + (keys ? lane : row)];
            }
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        int heads = scratch.heads();
        var s = scratch.scales(groups * TOKENS);
        scales.read(block, at, groups * TOKENS, s);
        var sums = scratch.sums(heads * TOKENS);
        var x = scratch.padded(codes.paddedRows());
        var querySums = scratch.groupSums();
        for (int g = 0; g < groups; g++) {
            for (int head = 0; head < heads; head++) {
                // What the codes' offset adds is taken off before the sum begins.
                Arrays.fill(sums, head * TOKENS, (head + 1) * TOKENS, -OFFSET * querySums[g * heads + head]);
            }
            int from = g * GROUP;
            int count = Math.min(GROUP, codes.paddedRows() - from);
            long words = at + header() + (long) from * lanes;
            PackedRows.add(x, from, codes.paddedRows(), heads, count, 8, block, words, lanes, lanes, sums, 0, TOKENS);
            addScaled(sums, heads, s, g * TOKENS, out, outAt, outStride);
        }
    }

    /** Adds scale times sum for each token. */
    private static void addScaled(float[] sums, int heads, float[] s, int at, float[] out, int outAt, int outStride) {
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < TOKENS; i += LANES) {
                int to = outAt + head * outStride + i;
                FloatVector.fromArray(VectorWidth.FLOATS, sums, head * TOKENS + i)
                        .fma(
                                FloatVector.fromArray(VectorWidth.FLOATS, s, at + i),
                                FloatVector.fromArray(VectorWidth.FLOATS, out, to))
                        .intoArray(out, to);
            }
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
        var s = scratch.scales(groups * TOKENS);
        scales.read(block, at, groups * TOKENS, s);
        var factors = scratch.factors(heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int sums = outAt + lanes + g * LANES;
            ValueSums.foldOffset(p, pAt, pStride, heads, s, g * TOKENS, -OFFSET, factors, out, sums, outStride);
            int from = g * GROUP;
            long words = at + header() + (long) Integer.BYTES * from;
            int count = Math.min(GROUP, lanes - from);
            PackedRows.add(
                    factors, 0, TOKENS, heads, TOKENS, 8, block, words, lanes, count, out, outAt + from, outStride);
        }
    }
}

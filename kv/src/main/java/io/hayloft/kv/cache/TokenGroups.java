package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block of packed keys or values of 32 tokens, each coded by itself: groups of channels with a scale and a minimum for
 * each token. The last group is shorter where the channels do not divide.
 *
 * <p>In this order, which is the order of reading: for each group 32 scales and 32 minima, then the matrix of codes.
 */
final class TokenGroups extends BlockFormat {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final int SUM_CHANNELS = CodecSizes.Q8_GROUP; // channels of the scratch's sums

    private final int group;
    private final int groups;
    private final boolean zeroPadded;
    private final boolean wide;
    private final Codes codes;
    private final Scales scales;
    private final GroupQuantizer quantizer;

    /**
     * A form of block.
     *
     * @param group channels of a group, a multiple of 32
     * @param zeroPadded whether a shorter last group is coded as if zeros filled it
     */
    TokenGroups(boolean keys, int channels, int bits, int group, boolean wide, boolean zeroPadded) {
        super(keys, channels);
        this.group = group;
        this.groups = CodecSizes.groups(channels, group);
        this.zeroPadded = zeroPadded;
        this.wide = wide;
        this.codes = new Codes(bits, rows, lanes);
        this.scales = new Scales(wide);
        this.quantizer = new GroupQuantizer(bits, wide);
    }

    @Override
    int sumGroups() {
        return keys ? 0 : groups;
    }

    @Override
    int sumGroupChannels() {
        return group;
    }

    @Override
    int bytes() {
        return BlockList.rounded(header() + codes.bytes());
    }

    private int header() {
        return scales.bytes(groups * 2 * TOKENS);
    }

    private int scaleIndex(int group, int token) {
        return group * 2 * TOKENS + token;
    }

    private int end(int group) {
        return Math.min(channels, (group + 1) * this.group);
    }

    @Override
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        var numbers = new float[group];
        var groupCodes = new int[group];
        var result = new float[2];
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int count = end(g) - from;
            for (int i = 0; i < count; i++) {
                numbers[i] = wide ? src[srcAt + from + i] : Half.round(src[srcAt + from + i]);
            }
            quantizer.quantize(numbers, 0, count, zeroPadded && count < group, groupCodes, result);
            setScale(block, at, g, token, result[0], result[1]);
            if (keys) {
                codes.setLane(block, at + header(), from, token, groupCodes, count);
            } else {
                codes.setRow(block, at + header(), token, from, groupCodes, 0, count);
            }
        }
    }

    private void setScale(MemorySegment block, long at, int group, int token, float scale, float min) {
        scales.set(block, at, scaleIndex(group, token), scale);
        scales.set(block, at, scaleIndex(group, token) + TOKENS, min);
    }

    /** The code of a token's channel. */
    int code(MemorySegment block, long at, int token, int channel) {
        return codes.get(block, at + header(), keys ? channel : token, keys ? token : channel);
    }

    /** Step of a token's group. */
    float scale(MemorySegment block, long at, int group, int token) {
        return scales.get(block, at, scaleIndex(group, token));
    }

    /** Minimum of a token's group. */
    float min(MemorySegment block, long at, int group, int token) {
        return scales.get(block, at, scaleIndex(group, token) + TOKENS);
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int g = 0; g < groups; g++) {
            float scale = scale(block, at, g, token);
            float min = min(block, at, g, token);
            for (int c = g * group; c < end(g); c++) {
                dst[dstAt + c] = code(block, at, token, c) * scale + min;
            }
        }
    }

    @Override
    boolean same(BlockFormat other) {
        return other instanceof TokenGroups that
                && codes.bits() == that.codes.bits()
                && group == that.group
                && wide == that.wide;
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        for (int g = 0; g < groups; g++) {
            setScale(to, toAt, g, toToken, scale(from, fromAt, g, fromToken), min(from, fromAt, g, fromToken));
        }
        for (int c = 0; c < channels; c++) {
            int code = code(from, fromAt, fromToken, c);
            codes.set(to, toAt + header(), keys ? c : toToken, keys ? toToken : c, code);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        var s = new float[groups * 2 * TOKENS];
        scales.read(block, at, s.length, s);
        codes.expand(block, at + header(), rows, 0, lanes, dst, dstAt, stride);
        for (int row = 0; row < rows; row++) {
            int to = dstAt + row * stride;
            if (keys) {
                int scale = scaleIndex(row / group, 0);
                for (int token = 0; token < TOKENS; token++) {
                    dst[to + token] = dst[to + token] * s[scale + token] + s[scale + TOKENS + token];
                }
            } else {
                scaleValues(s, row, dst, to);
            }
        }
    }

    private void scaleValues(float[] s, int token, float[] dst, int at) {
        for (int g = 0; g < groups; g++) {
            float scale = s[scaleIndex(g, token)];
            float min = s[scaleIndex(g, token) + TOKENS];
            for (int c = g * group; c < end(g); c++) {
                dst[at + c] = dst[at + c] * scale + min;
            }
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        int heads = scratch.heads();
        var s = scratch.scales(groups * 2 * TOKENS);
        scales.read(block, at, groups * 2 * TOKENS, s);
        var x = scratch.padded(codes.paddedRows());
        var sums = scratch.sums(heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int count = Math.min(group, codes.paddedRows() - from);
            Arrays.fill(sums, 0, heads * TOKENS, 0);
            long words = at + header() + codes.rowAt(from);
            PackedRows.add(
                    x,
                    from,
                    codes.paddedRows(),
                    heads,
                    count,
                    codes.bits(),
                    block,
                    words,
                    lanes,
                    lanes,
                    sums,
                    0,
                    TOKENS);
            for (int head = 0; head < heads; head++) {
                addScaled(
                        sums,
                        head * TOKENS,
                        querySum(scratch, head, g),
                        s,
                        scaleIndex(g, 0),
                        out,
                        outAt + head * outStride);
            }
        }
    }

    /** Sum of a head's query over the channels of a group. */
    private float querySum(BlockScratch scratch, int head, int g) {
        float sum = 0;
        for (int c = g * group; c < end(g); c += SUM_CHANNELS) {
            sum += scratch.groupSums()[c / SUM_CHANNELS * scratch.heads() + head];
        }
        return sum;
    }

    /** Adds sum * scale + querySum * minimum for 32 tokens. */
    private static void addScaled(float[] sums, int at, float querySum, float[] s, int sAt, float[] out, int outAt) {
        for (int i = 0; i < TOKENS; i += LANES) {
            var scaled = FloatVector.fromArray(FLOATS, sums, at + i)
                    .fma(FloatVector.fromArray(FLOATS, s, sAt + i), FloatVector.fromArray(FLOATS, out, outAt + i));
            FloatVector.broadcast(FLOATS, querySum)
                    .fma(FloatVector.fromArray(FLOATS, s, sAt + TOKENS + i), scaled)
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
        var s = scratch.scales(groups * 2 * TOKENS);
        scales.read(block, at, groups * 2 * TOKENS, s);
        var factors = scratch.factors(heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int sums = outAt + lanes + g * LANES;
            ValueSums.fold(p, pAt, pStride, heads, s, scaleIndex(g, 0), factors, out, sums, outStride);
            int from = g * group;
            int count = Math.min(group, lanes - from);
            long words = at + header() + (long) Integer.BYTES * from;
            int bits = codes.bits();
            PackedRows.add(
                    factors, 0, TOKENS, heads, TOKENS, bits, block, words, lanes, count, out, outAt + from, outStride);
        }
    }
}

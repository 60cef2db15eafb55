package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block of packed keys or values of 32 tokens, each quantised by itself: groups of channels with a scale and a zero
 * point for each token, value = quantised * scale + zero point. The last group is shorter where the channels do not divide.
 *
 * <p>In this order, which is the order of reading: for each group 32 scales and 32 zero points, then the matrix of
 * quantised values.
 */
final class TokenGroups extends BlockFormat {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final int SUM_CHANNELS = BlockScratch.SUM_CHANNELS;

    /** For each thread, since forks share formats. */
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final int group;
    private final int groups;
    private final boolean zeroPadded;
    private final boolean wide;
    private final PackedMatrix packed;
    private final Half.Scales scales;
    private final GroupQuantizer quantizer;

    private static final class Scratch {
        float[] numbers = {};
        int[] quantised = {};
        final float[] result = new float[2];

        void reserve(int count) {
            if (numbers.length < count) {
                numbers = new float[count];
                quantised = new int[count];
            }
        }
    }

    /**
     * A form of block.
     *
     * @param group channels of a group, a multiple of 32
     * @param zeroPadded whether a shorter last group is quantised as if zeros filled it
     */
    TokenGroups(boolean keys, int channels, int bits, int group, boolean wide, boolean zeroPadded) {
        super(keys, channels);
        this.group = group;
        this.groups = groups(channels, group);
        this.zeroPadded = zeroPadded;
        this.wide = wide;
        this.packed = new PackedMatrix(bits, rows, lanes);
        this.scales = new Half.Scales(wide);
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
        return BlockList.rounded(header() + packed.bytes());
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
        var scratch = SCRATCH.get();
        scratch.reserve(group);
        var numbers = scratch.numbers;
        var quantised = scratch.quantised;
        var result = scratch.result;
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int count = end(g) - from;
            if (wide) {
                System.arraycopy(src, srcAt + from, numbers, 0, count);
            } else {
                Half.round(src, srcAt + from, count, numbers);
            }
            quantizer.quantize(numbers, 0, count, zeroPadded && count < group, quantised, result);
            setScale(block, at, g, token, result[0], result[1]);
            if (keys) {
                packed.setLane(block, at + header(), from, token, quantised, count);
            } else {
                packed.setRow(block, at + header(), token, from, quantised, 0, count);
            }
        }
    }

    private void setScale(MemorySegment block, long at, int group, int token, float scale, float zeroPoint) {
        scales.set(block, at, scaleIndex(group, token), scale);
        scales.set(block, at, scaleIndex(group, token) + TOKENS, zeroPoint);
    }

    /** The quantised value of a token's channel. */
    int quantised(MemorySegment block, long at, int token, int channel) {
        return packed.get(block, at + header(), keys ? channel : token, keys ? token : channel);
    }

    /** The scale of a token's group. */
    float scale(MemorySegment block, long at, int group, int token) {
        return scales.get(block, at, scaleIndex(group, token));
    }

    /** The zero point of a token's group. */
    float zeroPoint(MemorySegment block, long at, int group, int token) {
        return scales.get(block, at, scaleIndex(group, token) + TOKENS);
    }

    @Override
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int g = 0; g < groups; g++) {
            float scale = scale(block, at, g, token);
            float zeroPoint = zeroPoint(block, at, g, token);
            for (int c = g * group; c < end(g); c++) {
                dst[dstAt + c] = quantised(block, at, token, c) * scale + zeroPoint;
            }
        }
    }

    @Override
    boolean same(BlockFormat other) {
        return other instanceof TokenGroups that
                && packed.bits() == that.packed.bits()
                && group == that.group
                && wide == that.wide;
    }

    @Override
    void copy(MemorySegment from, long fromAt, int fromToken, MemorySegment to, long toAt, int toToken) {
        for (int g = 0; g < groups; g++) {
            setScale(to, toAt, g, toToken, scale(from, fromAt, g, fromToken), zeroPoint(from, fromAt, g, fromToken));
        }
        for (int c = 0; c < channels; c++) {
            int value = quantised(from, fromAt, fromToken, c);
            packed.set(to, toAt + header(), keys ? c : toToken, keys ? toToken : c, value);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        int count = groups * 2 * TOKENS;
        var scratch = SCRATCH.get();
        scratch.reserve(count);
        var s = scratch.numbers;
        scales.read(block, at, count, s);
        packed.expand(block, at + header(), rows, 0, lanes, dst, dstAt, stride);
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
            float zeroPoint = s[scaleIndex(g, token) + TOKENS];
            for (int c = g * group; c < end(g); c++) {
                dst[at + c] = dst[at + c] * scale + zeroPoint;
            }
        }
    }

    @Override
    void addScores(BlockScratch scratch, MemorySegment block, long at, float[] out, int outAt, int outStride) {
        int heads = scratch.heads();
        var s = scratch.scales(groups * 2 * TOKENS);
        scales.read(block, at, groups * 2 * TOKENS, s);
        var x = scratch.padded(packed.paddedRows());
        var sums = scratch.sums(heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int count = Math.min(group, packed.paddedRows() - from);
            Arrays.fill(sums, 0, heads * TOKENS, 0);
            long words = at + header() + packed.rowAt(from);
            var product = scratch.product().of(x, from, packed.paddedRows()).to(heads, sums, 0, TOKENS);
            PackedRows.add(product, count, packed.bits(), block, words, lanes, lanes);
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

    /** Adds sum * scale + querySum * zero point for 32 tokens. */
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
    void addValues(BlockScratch scratch, MemorySegment block, long at, int tokens) {
        var w = scratch.weights();
        var s = scratch.scales(groups * 2 * TOKENS);
        scales.read(block, at, groups * 2 * TOKENS, s);
        var factors = scratch.factors(w.heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int sums = w.outAt + lanes + g * ValueSums.SUM_LANES;
            ValueSums.fold(w, s, scaleIndex(g, 0), factors, sums);
            int from = g * group;
            int count = Math.min(group, lanes - from);
            long words = at + header() + (long) Integer.BYTES * from;
            var product = scratch.product().of(factors, 0, TOKENS).to(w.heads, w.out, w.outAt + from, w.outStride);
            PackedRows.add(product, TOKENS, packed.bits(), block, words, lanes, count);
        }
    }
}

package io.hayloft.kv.cache;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A block of bytes, each token quantised by itself: every 32 channels of a token share a 16-bit scale, value = scale *
 * quantised with whole numbers from -127 to 127, stored with 128 added.
 *
 * <p>In this order, which is the order of reading: for each group of channels 32 scales, one for each token, then the
 * matrix of quantised values.
 */
final class Q8Block extends BlockFormat {
    /** Channels that share a scale. */
    static final int GROUP = BlockScratch.SUM_CHANNELS;

    private static final int LARGEST = 127;
    private static final int OFFSET = 128;

    private static final int LANES = VectorWidth.LANES;

    private final int groups;
    private final PackedMatrix packed;
    private final Half.Scales scales = new Half.Scales(false);

    Q8Block(boolean keys, int channels) {
        super(keys, channels);
        this.groups = groups(channels, GROUP);
        this.packed = new PackedMatrix(8, rows, lanes);
    }

    @Override
    int bytes() {
        return BlockList.rounded(header() + packed.bytes());
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
        var quantised = new int[GROUP];
        for (int g = 0; g < groups; g++) {
            int from = g * GROUP;
            int count = Math.min(GROUP, channels - from);
            scales.set(block, at, g * TOKENS + token, quantize(src, srcAt + from, count, quantised));
            if (keys) {
                packed.setLane(block, at + header(), from, token, quantised, count);
            } else {
                packed.setRow(block, at + header(), token, from, quantised, 0, count);
            }
        }
    }

    /** Quantises a group and returns its scale, a 16-bit float. */
    private static float quantize(float[] x, int at, int count, int[] quantised) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(x[at + i]));
        }
        float scale = Half.round(largest / LARGEST);
        float divisor = scale == 0 ? Float.POSITIVE_INFINITY : scale;
        for (int i = 0; i < count; i++) {
            float steps = x[at + i] / divisor + Exp.ROUNDER - Exp.ROUNDER;
            quantised[i] = (int) Math.max(-LARGEST, Math.min(LARGEST, steps)) + OFFSET;
        }
        return scale;
    }

    private int quantised(MemorySegment block, long at, int token, int channel) {
        return packed.get(block, at + header(), keys ? channel : token, keys ? token : channel);
    }

    private float get(MemorySegment block, long at, int token, int channel) {
        return (quantised(block, at, token, channel) - OFFSET)
                * scales.get(block, at, channel / GROUP * TOKENS + token);
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
            int value = quantised(from, fromAt, fromToken, c);
            packed.set(to, toAt + header(), keys ? c : toToken, keys ? toToken : c, value);
        }
    }

    @Override
    void expand(MemorySegment block, long at, float[] dst, int dstAt, int stride) {
        packed.expand(block, at + header(), rows, 0, lanes, dst, dstAt, stride);
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
        var x = scratch.padded(packed.paddedRows());
        var querySums = scratch.groupSums();
        for (int g = 0; g < groups; g++) {
            for (int head = 0; head < heads; head++) {
                // What the offset of 128 adds is taken off before the sum begins.
                Arrays.fill(sums, head * TOKENS, (head + 1) * TOKENS, -OFFSET * querySums[g * heads + head]);
            }
            int from = g * GROUP;
            int count = Math.min(GROUP, packed.paddedRows() - from);
            long words = at + header() + (long) from * lanes;
            var product = scratch.product().of(x, from, packed.paddedRows()).to(heads, sums, 0, TOKENS);
            PackedRows.add(product, count, 8, block, words, lanes, lanes);
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
    void addValues(BlockScratch scratch, MemorySegment block, long at, int tokens) {
        var w = scratch.weights();
        var s = scratch.scales(groups * TOKENS);
        scales.read(block, at, groups * TOKENS, s);
        var factors = scratch.factors(w.heads * TOKENS);
        for (int g = 0; g < groups; g++) {
            int sums = w.outAt + lanes + g * ValueSums.SUM_LANES;
            ValueSums.foldOffset(w, s, g * TOKENS, -OFFSET, factors, sums);
            int from = g * GROUP;
            long words = at + header() + (long) Integer.BYTES * from;
            int count = Math.min(GROUP, lanes - from);
            var product = scratch.product().of(factors, 0, TOKENS).to(w.heads, w.out, w.outAt + from, w.outStride);
            PackedRows.add(product, TOKENS, 8, block, words, lanes, count);
        }
    }
}

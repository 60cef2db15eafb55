package io.hayloft.engine.cache;

import static io.hayloft.engine.cache.BlockFormat.TOKENS;

import io.hayloft.engine.kernel.VectorWidth;
import java.lang.foreign.MemorySegment;

/**
 * A block of packed values of 32 tokens: groups of channels with a scale and a minimum for each token. The last group is
 * shorter where the channels do not divide.
 *
 * <p>In this order, which is the order of reading: for each group 32 scales and 32 minima, then a matrix of codes
 * [32][channels padded to 16].
 */
final class ValueGroups {
    private final int channels;
    private final int padded;
    private final int group;
    private final int groups;
    private final Codes codes;
    private final Scales scales;
    private final GroupQuantizer quantizer;

    ValueGroups(int channels, int bits, int group, boolean wide) {
        this.channels = channels;
        this.padded = BlockFormat.paddedChannels(channels);
        this.group = group;
        this.groups = CodecSizes.groups(channels, group);
        this.codes = new Codes(bits, TOKENS, padded);
        this.scales = new Scales(wide);
        this.quantizer = new GroupQuantizer(bits, wide);
    }

    int groups() {
        return groups;
    }

    int group() {
        return group;
    }

    int bytes() {
        return BlockList.rounded(header() + codes.bytes());
    }

    private int header() {
        return scales.bytes(groups * 2 * TOKENS);
    }

    /** Codes a token's channels. */
    void store(MemorySegment block, long at, int token, float[] src, int srcAt) {
        var groupCodes = new int[group];
        var result = new float[2];
        for (int g = 0; g < groups; g++) {
            int from = g * group;
            int count = Math.min(group, channels - from);
            quantizer.quantize(src, srcAt + from, count, groupCodes, result);
            scales.set(block, at, g * 2 * TOKENS + token, result[0]);
            scales.set(block, at, g * 2 * TOKENS + TOKENS + token, result[1]);
            codes.setRow(block, at + header(), token, from, groupCodes, 0, count);
        }
    }

    /** The code of a token's channel. */
    int code(MemorySegment block, long at, int token, int channel) {
        return codes.get(block, at + header(), token, channel);
    }

    /** Decodes a token's channels. */
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int g = 0; g < groups; g++) {
            float scale = scales.get(block, at, g * 2 * TOKENS + token);
            float min = scales.get(block, at, g * 2 * TOKENS + TOKENS + token);
            for (int c = g * group; c < Math.min(channels, (g + 1) * group); c++) {
                dst[dstAt + c] = code(block, at, token, c) * scale + min;
            }
        }
    }

    /** Decodes the first tokens to dst [tokens][stride]. */
    void expand(MemorySegment block, long at, int tokens, float[] dst, int dstAt, int stride) {
        codes.expand(block, at + header(), tokens, 0, padded, dst, dstAt, stride);
        for (int token = 0; token < tokens; token++) {
            for (int g = 0; g < groups; g++) {
                float scale = scales.get(block, at, g * 2 * TOKENS + token);
                float min = scales.get(block, at, g * 2 * TOKENS + TOKENS + token);
                int row = dstAt + token * stride;
                for (int i = row + g * group; i < row + Math.min(channels, (g + 1) * group); i++) {
                    dst[i] = dst[i] * scale + min;
                }
            }
        }
    }

    /** Adds the weighted values of the block's tokens, as {@link BlockFormat#addValues} describes. */
    void addValues(
            BlockScratch scratch,
            MemorySegment block,
            long at,
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
            int sums = outAt + padded + g * VectorWidth.LANES;
            ValueSums.fold(p, pAt, pStride, heads, s, g * 2 * TOKENS, factors, out, sums, outStride);
            int from = g * group;
            int lanes = Math.min(group, padded - from);
            long words = at + header() + (long) Integer.BYTES * from;
            PackedRows.add(
                    factors,
                    0,
                    TOKENS,
                    heads,
                    TOKENS,
                    codes.bits(),
                    block,
                    words,
                    padded,
                    lanes,
                    out,
                    outAt + from,
                    outStride);
        }
    }
}

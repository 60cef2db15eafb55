package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block of packed keys: a group of tokens with a scale and a minimum for each channel.
 *
 * <p>In this order, which is the order of reading: scales, minima (both padded to a multiple of 16 channels), then for
 * every 32 tokens a matrix of codes [channels][32].
 */
final class KeyGroups {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    private final int channels;
    private final int padded;
    private final int group;
    private final Codes codes;
    private final Scales scales;
    private final GroupQuantizer quantizer;

    KeyGroups(int channels, int bits, int group, boolean wide) {
        this.channels = channels;
        this.padded = BlockFormat.paddedChannels(channels);
        this.group = group;
        this.codes = new Codes(bits, channels, TOKENS);
        this.scales = new Scales(wide);
        this.quantizer = new GroupQuantizer(bits, wide);
    }

    int group() {
        return group;
    }

    int bytes() {
        return BlockList.rounded(header() + group / TOKENS * codes.bytes());
    }

    private int header() {
        return scales.bytes(2 * padded);
    }

    private long codesAt(long at, int token) {
        return at + header() + (long) (token / TOKENS) * codes.bytes();
    }

    /** Codes a group of keys [channels][group]. */
    void store(MemorySegment block, long at, float[] src) {
        var groupCodes = new int[group];
        var result = new float[2];
        for (int c = 0; c < channels; c++) {
            quantizer.quantize(src, c * group, group, false, groupCodes, result);
            scales.set(block, at, c, result[0]);
            scales.set(block, at, padded + c, result[1]);
            for (int token = 0; token < group; token += TOKENS) {
                codes.setRow(block, codesAt(at, token), c, 0, groupCodes, token, TOKENS);
            }
        }
    }

    /** The code of a token's channel. */
    int code(MemorySegment block, long at, int token, int channel) {
        return codes.get(block, codesAt(at, token), channel, token % TOKENS);
    }

    /** Decodes one token of the group. */
    void load(MemorySegment block, long at, int token, float[] dst, int dstAt) {
        for (int c = 0; c < channels; c++) {
            dst[dstAt + c] = code(block, at, token, c) * scales.get(block, at, c) + scales.get(block, at, padded + c);
        }
    }

    /** Decodes 32 tokens of the group, from the given one on, to [channels][stride]. */
    void expand(MemorySegment block, long at, int token, float[] dst, int dstAt, int stride) {
        codes.expand(block, codesAt(at, token), channels, 0, TOKENS, dst, dstAt, stride);
        for (int c = 0; c < channels; c++) {
            float scale = scales.get(block, at, c);
            float min = scales.get(block, at, padded + c);
            for (int i = dstAt + c * stride; i < dstAt + c * stride + TOKENS; i += LANES) {
                FloatVector.fromArray(FLOATS, dst, i).mul(scale).add(min).intoArray(dst, i);
            }
        }
    }

    /** Adds the scores of 32 tokens of the group, from the given one on. */
    void addScores(
            BlockScratch scratch, MemorySegment block, long at, int token, float[] out, int outAt, int outStride) {
        var s = scratch.scales(2 * padded);
        scales.read(block, at, 2 * padded, s);
        int heads = scratch.heads();
        int rows = codes.paddedRows();
        var factors = scratch.factors(heads * rows);
        var sums = scratch.sums(heads * LANES);
        fold(scratch.queries(), heads, s, factors, rows, sums);
        for (int head = 0; head < heads; head++) {
            float sum = LaneSum.of(sums, head * LANES);
            for (int i = outAt + head * outStride; i < outAt + head * outStride + TOKENS; i += LANES) {
                FloatVector.fromArray(FLOATS, out, i).add(sum).intoArray(out, i);
            }
        }
        PackedRows.add(
                factors,
                0,
                rows,
                heads,
                rows,
                codes.bits(),
                block,
                codesAt(at, token),
                TOKENS,
                TOKENS,
                out,
                outAt,
                outStride);
    }

    /**
     * Folds scales and minima into queries.
     *
     * @param s scales, then minima
     * @param factors gets query * scale for each channel, then zeros [heads][rows]
     * @param sums gets vectors whose lanes add up to the sum of query * minimum [heads][LANES]
     */
    private void fold(float[] q, int heads, float[] s, float[] factors, int rows, float[] sums) {
        int whole = channels & -LANES;
        for (int head = 0; head < heads; head++) {
            int from = head * channels;
            int to = head * rows;
            var sum = FloatVector.zero(FLOATS);
            for (int c = 0; c < whole; c += LANES) {
                var x = FloatVector.fromArray(FLOATS, q, from + c);
                x.mul(FloatVector.fromArray(FLOATS, s, c)).intoArray(factors, to + c);
                sum = x.fma(FloatVector.fromArray(FLOATS, s, padded + c), sum);
            }
            sum.intoArray(sums, head * LANES);
            for (int c = whole; c < rows; c++) {
                factors[to + c] = c < channels ? q[from + c] * s[c] : 0;
                sums[head * LANES] += c < channels ? q[from + c] * s[padded + c] : 0;
            }
        }
    }
}

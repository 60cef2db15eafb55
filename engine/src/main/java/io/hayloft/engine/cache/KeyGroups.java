package io.hayloft.engine.cache;

import static io.hayloft.engine.cache.BlockFormat.TOKENS;

import io.hayloft.engine.kernel.VectorWidth;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * A block of packed keys: a group of tokens with a scale and a minimum for each channel.
 *
 * <p>In this order, which is the order of reading: scales, minima (both padded to a multiple of 16 channels), then for
 * every 32 tokens a matrix of codes [channels][32].
 */
final class KeyGroups {
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

    /** Codes a group of keys [group][channels]. */
    void store(MemorySegment block, long at, float[] src) {
        var groupCodes = new int[group];
        for (int c = 0; c < channels; c++) {
            quantizer.quantize(src, c, group, channels, groupCodes);
            scales.set(block, at, c, quantizer.scale());
            scales.set(block, at, padded + c, quantizer.min());
            for (int token = 0; token < group; token++) {
                codes.set(block, codesAt(at, token), c, token % TOKENS, groupCodes[token]);
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
        for (int c = 0; c < channels; c++) {
            float scale = scales.get(block, at, c);
            float min = scales.get(block, at, padded + c);
            for (int t = 0; t < TOKENS; t++) {
                dst[dstAt + c * stride + t] = codes.get(block, codesAt(at, token), c, t) * scale + min;
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
        for (int head = 0; head < heads; head++) {
            fold(scratch.queries(), head * channels, s, factors, head * rows, rows);
        }
        addMinima(scratch, s, out, outAt, outStride);
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

    /** Query times scale for each channel, then zeros. */
    private void fold(float[] q, int from, float[] s, float[] factors, int to, int rows) {
        int whole = channels / LANES * LANES;
        for (int c = 0; c < whole; c += LANES) {
            FloatVector.fromArray(VectorWidth.FLOATS, q, from + c)
                    .mul(FloatVector.fromArray(VectorWidth.FLOATS, s, c))
                    .intoArray(factors, to + c);
        }
        for (int c = whole; c < rows; c++) {
            factors[to + c] = c < channels ? q[from + c] * s[c] : 0;
        }
    }

    /** Adds query times minimum, summed over channels, to the scores of all tokens; lanes are heads here. */
    private void addMinima(BlockScratch scratch, float[] s, float[] out, int outAt, int outStride) {
        var q = scratch.transposed();
        int headLanes = scratch.headLanes();
        var sums = scratch.sums(headLanes);
        for (int lane = 0; lane < headLanes; lane += LANES) {
            var a = FloatVector.zero(VectorWidth.FLOATS);
            var b = a;
            var d = a;
            var e = a;
            int c = 0;
            for (; c + 3 < channels; c += 4) {
                int at = c * headLanes + lane;
                a = FloatVector.fromArray(VectorWidth.FLOATS, q, at)
                        .fma(FloatVector.broadcast(VectorWidth.FLOATS, s[padded + c]), a);
                b = FloatVector.fromArray(VectorWidth.FLOATS, q, at + headLanes)
                        .fma(FloatVector.broadcast(VectorWidth.FLOATS, s[padded + c + 1]), b);
                d = FloatVector.fromArray(VectorWidth.FLOATS, q, at + 2 * headLanes)
                        .fma(FloatVector.broadcast(VectorWidth.FLOATS, s[padded + c + 2]), d);
                e = FloatVector.fromArray(VectorWidth.FLOATS, q, at + 3 * headLanes)
                        .fma(FloatVector.broadcast(VectorWidth.FLOATS, s[padded + c + 3]), e);
            }
            for (; c < channels; c++) {
                a = FloatVector.fromArray(VectorWidth.FLOATS, q, c * headLanes + lane)
                        .fma(FloatVector.broadcast(VectorWidth.FLOATS, s[padded + c]), a);
            }
            a.add(b).add(d.add(e)).intoArray(sums, lane);
        }
        for (int head = 0; head < scratch.heads(); head++) {
            for (int i = 0; i < TOKENS; i += LANES) {
                int to = outAt + head * outStride + i;
                FloatVector.fromArray(VectorWidth.FLOATS, out, to)
                        .add(sums[head])
                        .intoArray(out, to);
            }
        }
    }
}

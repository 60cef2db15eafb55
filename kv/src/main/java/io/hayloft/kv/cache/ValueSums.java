package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The part of weighted values that all channels of a group share: the sum over tokens of probability times the group's
 * minimum. Its vectors run over tokens and are kept behind the channels, lane by lane, until the end: adding up lanes
 * for every block would cost as much as the block.
 */
final class ValueSums {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    private ValueSums() {}

    /**
     * Folds a group's scales and minima into the probabilities of 32 tokens.
     *
     * @param p [heads][pStride]
     * @param scales 32 scales, then 32 minima, from {@code at} on
     * @param factors gets probability * scale [heads][32]
     * @param sums for each head a vector, {@code sumsStride} apart, that grows by probability * minimum
     */
    static void fold(
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] scales,
            int at,
            float[] factors,
            float[] sums,
            int sumsAt,
            int sumsStride) {
        for (int head = 0; head < heads; head++) {
            int to = sumsAt + head * sumsStride;
            var sum = FloatVector.fromArray(FLOATS, sums, to);
            for (int i = 0; i < TOKENS; i += LANES) {
                var x = FloatVector.fromArray(FLOATS, p, pAt + head * pStride + i);
                x.mul(FloatVector.fromArray(FLOATS, scales, at + i)).intoArray(factors, head * TOKENS + i);
                sum = x.fma(FloatVector.fromArray(FLOATS, scales, at + TOKENS + i), sum);
            }
            sum.intoArray(sums, to);
        }
    }

    /** The same where each minimum is a constant times the scale. */
    static void foldOffset(
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] scales,
            int at,
            float offset,
            float[] factors,
            float[] sums,
            int sumsAt,
            int sumsStride) {
        for (int head = 0; head < heads; head++) {
            int to = sumsAt + head * sumsStride;
            var sum = FloatVector.fromArray(FLOATS, sums, to);
            for (int i = 0; i < TOKENS; i += LANES) {
                var x = FloatVector.fromArray(FLOATS, p, pAt + head * pStride + i)
                        .mul(FloatVector.fromArray(FLOATS, scales, at + i));
                x.intoArray(factors, head * TOKENS + i);
                sum = x.fma(FloatVector.broadcast(FLOATS, offset), sum);
            }
            sum.intoArray(sums, to);
        }
    }

    /** Adds the sums behind the channels of a row to the channels of their groups. */
    static void finish(float[] out, int at, int channels, int groups, int groupChannels) {
        int sums = at + BlockFormat.paddedChannels(channels);
        for (int group = 0; group < groups; group++) {
            float sum = LaneSum.of(out, sums + group * LANES);
            int end = Math.min(channels, (group + 1) * groupChannels);
            for (int c = group * groupChannels; c < end; c++) {
                out[at + c] += sum;
            }
        }
    }
}

package io.hayloft.engine.cache;

import io.hayloft.engine.kernel.VectorWidth;
import jdk.incubator.vector.FloatVector;

/**
 * The part of weighted values that all channels of a group share: the sum over tokens of probability times the group's
 * minimum. Its vectors run over tokens and are kept behind the channels, lane by lane, until the end: adding up lanes
 * for every block would cost as much as the block.
 */
final class ValueSums {
    private static final int LANES = VectorWidth.LANES;

    private ValueSums() {}

    /**
     * Folds a group's scales and minima into the probabilities of 32 tokens of one head.
     *
     * @param scales 32 scales, then 32 minima
     * @param factors gets probability * scale, 32 of them
     * @param sums a vector of sums that grows by probability * minimum
     */
    static void fold(
            float[] p, int pAt, float[] scales, int at, float[] factors, int factorsAt, float[] sums, int sumsAt) {
        var sum = FloatVector.fromArray(VectorWidth.FLOATS, sums, sumsAt);
        for (int i = 0; i < BlockFormat.TOKENS; i += LANES) {
            var x = FloatVector.fromArray(VectorWidth.FLOATS, p, pAt + i);
            x.mul(FloatVector.fromArray(VectorWidth.FLOATS, scales, at + i)).intoArray(factors, factorsAt + i);
            sum = x.fma(FloatVector.fromArray(VectorWidth.FLOATS, scales, at + BlockFormat.TOKENS + i), sum);
        }
        sum.intoArray(sums, sumsAt);
    }

    /** Adds the sums behind the channels of a row to the channels of their groups. */
    static void finish(float[] out, int at, int channels, int groups, int groupChannels) {
        int sums = at + BlockFormat.paddedChannels(channels);
        for (int group = 0; group < groups; group++) {
            float sum = 0;
            for (int lane = 0; lane < LANES; lane++) {
                sum += out[sums + group * LANES + lane];
            }
            int end = Math.min(channels, (group + 1) * groupChannels);
            for (int c = group * groupChannels; c < end; c++) {
                out[at + c] += sum;
            }
        }
    }
}

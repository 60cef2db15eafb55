package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The part of weighted values that all channels of a group share: the sum over tokens of probability times the group's zero
 * point. Its vectors run over tokens and are kept behind the channels, lane by lane, until the end: adding up lanes for
 * every block would cost as much as the block.
 */
final class ValueSums {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    /** Floats that hold the lanes of one group's sum. */
    static final int SUM_LANES = VectorWidth.SUM_LANES;

    private ValueSums() {}

    /**
     * Folds a group's scales and zero points into the probabilities of 32 tokens.
     *
     * @param w the probabilities, and rows of sums: the group's lanes grow by probability * zero point
     * @param scales 32 scales, then 32 zero points, from {@code at} on
     * @param factors gets probability * scale [heads][32]
     * @param sumsAt where the group's lanes begin in the first row of {@code w.out}
     */
    static void fold(RowProduct w, float[] scales, int at, float[] factors, int sumsAt) {
        for (int head = 0; head < w.heads; head++) {
            for (int lane = 0; lane < SUM_LANES; lane += LANES) {
                int to = sumsAt + head * w.outStride + lane;
                var sum = FloatVector.fromArray(FLOATS, w.out, to);
                for (int i = lane; i < TOKENS; i += SUM_LANES) {
                    var x = FloatVector.fromArray(FLOATS, w.x, w.xAt + head * w.xStride + i);
                    x.mul(FloatVector.fromArray(FLOATS, scales, at + i)).intoArray(factors, head * TOKENS + i);
                    sum = x.fma(FloatVector.fromArray(FLOATS, scales, at + TOKENS + i), sum);
                }
                sum.intoArray(w.out, to);
            }
        }
    }

    /** The same where each zero point is a constant times the scale. */
    static void foldOffset(RowProduct w, float[] scales, int at, float offset, float[] factors, int sumsAt) {
        for (int head = 0; head < w.heads; head++) {
            for (int lane = 0; lane < SUM_LANES; lane += LANES) {
                int to = sumsAt + head * w.outStride + lane;
                var sum = FloatVector.fromArray(FLOATS, w.out, to);
                for (int i = lane; i < TOKENS; i += SUM_LANES) {
                    var x = FloatVector.fromArray(FLOATS, w.x, w.xAt + head * w.xStride + i)
                            .mul(FloatVector.fromArray(FLOATS, scales, at + i));
                    x.intoArray(factors, head * TOKENS + i);
                    sum = x.fma(FloatVector.broadcast(FLOATS, offset), sum);
                }
                sum.intoArray(w.out, to);
            }
        }
    }

    /** Adds the sums behind the channels of a row to the channels of their groups. */
    static void finish(float[] out, int at, int channels, int groups, int groupChannels) {
        int sums = at + BlockFormat.paddedChannels(channels);
        for (int group = 0; group < groups; group++) {
            float sum = sumOfLanes(out, sums + group * SUM_LANES);
            int end = Math.min(channels, (group + 1) * groupChannels);
            for (int c = group * groupChannels; c < end; c++) {
                out[at + c] += sum;
            }
        }
    }

    /**
     * The sum of the lanes that begin at an index, in one fixed order. (The order of the vector library's own sum may change
     * when a method is compiled, and with it the result.)
     */
    static float sumOfLanes(float[] x, int at) {
        return (four(x, at) + four(x, at + 4)) + (four(x, at + 8) + four(x, at + 12));
    }

    private static float four(float[] x, int at) {
        return (x[at] + x[at + 1]) + (x[at + 2] + x[at + 3]);
    }
}

package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Codes a group of numbers by its minimum and a step: min + code * scale, scale = (max - min) / (2^bits - 1), codes
 * rounded half to even (FlexGen, arXiv 2303.06865; KIVI, arXiv 2402.02750). With 16-bit scales every operation is rounded
 * to a 16-bit float, as the methods' published forms compute. A group of equal numbers has codes and scale 0, where the
 * published forms divide 0 by 0.
 */
final class GroupQuantizer {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    /** Adding and subtracting this rounds a number below 2^22 to a whole one, ties to even. */
    private static final float ROUNDER = 0x1.8p23f;

    private final int levels;
    private final boolean wide;

    /**
     * A quantiser.
     *
     * @param wide whether scales are 32-bit floats instead of 16-bit ones
     */
    GroupQuantizer(int bits, boolean wide) {
        this.levels = (1 << bits) - 1;
        this.wide = wide;
    }

    /**
     * Codes a group.
     *
     * @param x count numbers, beginning at {@code at}
     * @param withZero whether minimum and maximum are those of the numbers and 0
     * @param codes gets the codes, from its beginning on
     * @param result gets scale and minimum
     */
    void quantize(float[] x, int at, int count, boolean withZero, int[] codes, float[] result) {
        if (count % LANES == 0) {
            quantizeVectors(x, at, count, withZero, codes, result);
        } else {
            quantizeScalar(x, at, count, withZero, codes, result);
        }
    }

    /** The definition, number by number. */
    void quantizeScalar(float[] x, int at, int count, boolean withZero, int[] codes, float[] result) {
        float max = withZero ? 0 : x[at];
        float min = max;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, x[at + i]);
            min = Math.min(min, x[at + i]);
        }
        float scale = scale(min, max);
        for (int i = 0; i < count; i++) {
            float steps = scale == 0 ? 0 : rounded(rounded(x[at + i] - min) / scale);
            codes[i] = (int) Math.rint(Math.clamp(steps, 0, levels));
        }
        result[0] = scale;
        result[1] = min;
    }

    /** Step of a group. */
    float scale(float min, float max) {
        return rounded(rounded(max - min) / levels);
    }

    private float rounded(float x) {
        return wide ? x : Half.round(x);
    }

    private void quantizeVectors(float[] x, int at, int count, boolean withZero, int[] codes, float[] result) {
        var high = withZero ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, x, at);
        var low = high;
        for (int i = 0; i < count; i += LANES) {
            var v = FloatVector.fromArray(FLOATS, x, at + i);
            high = high.max(v);
            low = low.min(v);
        }
        float min = low.reduceLanes(VectorOperators.MIN);
        float scale = scale(min, high.reduceLanes(VectorOperators.MAX));
        float divisor = scale == 0 ? Float.POSITIVE_INFINITY : scale;
        for (int i = 0; i < count; i += LANES) {
            var steps = FloatVector.fromArray(FLOATS, x, at + i).sub(min);
            steps = wide ? steps.div(divisor) : Half.round(Half.round(steps).div(divisor));
            steps = steps.max(0).min(levels).add(ROUNDER).sub(ROUNDER);
            ((IntVector) steps.convert(VectorOperators.F2I, 0)).intoArray(codes, i);
        }
        result[0] = scale;
        result[1] = min;
    }
}

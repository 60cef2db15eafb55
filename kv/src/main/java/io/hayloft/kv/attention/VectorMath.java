package io.hayloft.kv.attention;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Exponential and hyperbolic tangent of a vector, within 2e-7 of the true value. */
final class VectorMath {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    /** Adding and subtracting this rounds to a whole number. */
    private static final float ROUNDER = 0x1.8p23f;

    private VectorMath() {}

    /**
     * Replaces x by e to the x - shift, for x at most shift, exactly 0 where it is 87.7 below (so that hidden scores,
     * which are negative infinity, count nothing): two to the power of a whole number by its exponent bits, the rest by a
     * polynomial.
     *
     * <p>Over an array, in one method: a helper that returned a vector would box it wherever the JIT compiler stops
     * inlining, which it does in methods that grow large.
     *
     * @param count a multiple of the vector's lanes
     */
    static void exp(float[] x, int at, int count, float shift) {
        for (int i = at; i < at + count; i += LANES) {
            var power = FloatVector.fromArray(FLOATS, x, i).sub(shift).max(-88f);
            var n = power.fma(FloatVector.broadcast(FLOATS, 1.44269504f), FloatVector.broadcast(FLOATS, ROUNDER))
                    .sub(ROUNDER);
            var r = n.fma(FloatVector.broadcast(FLOATS, -0.693359375f), power);
            r = n.fma(FloatVector.broadcast(FLOATS, 2.12194440e-4f), r);
            var p = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
            p = p.fma(r.mul(r), r.add(1f));
            var exponent = (IntVector) n.convert(VectorOperators.F2I, 0);
            p.mul(exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .intoArray(x, i);
        }
    }

    /**
     * Replaces scores by cap * tanh(score / cap).
     *
     * @param count a multiple of the vector's lanes
     * @param scratch room for as many floats
     */
    static void softCap(float[] scores, int at, int count, float cap, float[] scratch) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector.fromArray(FLOATS, scores, at + i)
                    .div(cap)
                    .abs()
                    .mul(-2f)
                    .intoArray(scratch, i);
        }
        exp(scratch, 0, count, 0);
        for (int i = 0; i < count; i += LANES) {
            var e = FloatVector.fromArray(FLOATS, scratch, i); // tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|)
            var t = e.sub(1f).neg().div(e.add(1f));
            var negative = FloatVector.fromArray(FLOATS, scores, at + i).lt(0f);
            t.lanewise(VectorOperators.NEG, negative).mul(cap).intoArray(scores, at + i);
        }
    }
}

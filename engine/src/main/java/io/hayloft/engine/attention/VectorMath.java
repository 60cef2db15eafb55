package io.hayloft.engine.attention;

import io.hayloft.engine.kernel.VectorWidth;
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
     * e to the x for x at most 0, exactly 0 below -87.7 (so that hidden scores, which are negative infinity, count
     * nothing): two to the power of a whole number by its exponent bits, the rest by a polynomial.
     */
    static FloatVector exp(FloatVector power) {
        var x = power.max(-88f);
        var n = x.fma(FloatVector.broadcast(FLOATS, 1.44269504f), FloatVector.broadcast(FLOATS, ROUNDER))
                .sub(ROUNDER);
        var r = n.fma(FloatVector.broadcast(FLOATS, -0.693359375f), x);
        r = n.fma(FloatVector.broadcast(FLOATS, 2.12194440e-4f), r);
        var p = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r.add(1f));
        var exponent = ((IntVector) n.convert(VectorOperators.F2I, 0)).add(127).lanewise(VectorOperators.LSHL, 23);
        return p.mul(exponent.reinterpretAsFloats());
    }

    /** Replaces scores by cap * tanh(score / cap); count is a multiple of the vector's lanes. */
    static void softCap(float[] scores, int at, int count, float cap) {
        for (int i = at; i < at + count; i += LANES) {
            var x = FloatVector.fromArray(FLOATS, scores, i).div(cap);
            var e = exp(x.abs().mul(-2f)); // tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|)
            var t = e.sub(1f).neg().div(e.add(1f));
            t.lanewise(VectorOperators.NEG, x.lt(0f)).mul(cap).intoArray(scores, i);
        }
    }
}

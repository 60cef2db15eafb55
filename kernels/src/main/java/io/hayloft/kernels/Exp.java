package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function and the hyperbolic tangent in single precision.
 *
 * <p>{@code exp(x) = 2^n exp(r)} with {@code n = round(x / ln 2)}; the remainder r is taken in two steps (ln 2 is split so
 * that n times its high part is exact) and goes into a polynomial.
 *
 * <p>Two such polynomials are of base e. Activations and logits use the Taylor polynomial of degree 7, whose error for
 * {@code |r| <= ln 2 / 2} is 5e-9, over the full range of floats and with a scalar form of the same bits. Attention, whose
 * arguments are never positive, uses the shorter one of Cephes: two instructions less where exponentials are most of the
 * work. Their last bits differ: using one for both would change what models answer.
 */
public final class Exp {
    /** Below, the result is 0: it would not be a normal float. */
    private static final float LOWEST = -87.33654f;

    /** Above, the result is that of this: just below the largest float. */
    private static final float HIGHEST = 88.7f;

    private static final float LOG2_E = 0x1.715476p0f;
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = (float) (Math.log(2) - 0x1.63p-1);

    /** Adding and subtracting this rounds a float of magnitude below 2^22 to a whole number, ties to even. */
    public static final float ROUNDER = 0x1.8p23f;

    private static final float C2 = 1f / 2;
    private static final float C3 = 1f / 6;
    private static final float C4 = 1f / 24;
    private static final float C5 = 1f / 120;
    private static final float C6 = 1f / 720;
    private static final float C7 = 1f / 5040;

    // The polynomial of least relative error, 9e-8, for 2^r with |r| <= 1/2 among those of degree 5 that are 1 at 0.
    private static final float E1 = 0x1.62e42ap-1f;
    private static final float E2 = 0x1.ebf9bcp-3f;
    private static final float E3 = 0x1.c6b752p-5f;
    private static final float E4 = 0x1.3cea88p-7f;
    private static final float E5 = 0x1.5bba14p-10f;

    /** 2 to this is 0 by the bits of {@link #exp2(FloatVector)}. */
    private static final float LEAST_POWER = -127;

    /** Below this tanh is its Taylor polynomial, which keeps small results exact; above it follows from exp. */
    private static final float SMALL = 0.25f;

    private static final float T3 = -1f / 3;
    private static final float T5 = 2f / 15;
    private static final float T7 = -17f / 315;
    private static final float T9 = 62f / 2835;

    // 2 artanh(s) = 2 s + 2/3 s³ + 2/5 s⁵ + ...
    private static final float S3 = 2f / 3;
    private static final float S5 = 2f / 5;
    private static final float S7 = 2f / 7;
    private static final float S9 = 2f / 9;
    private static final float S11 = 2f / 11;
    private static final float S13 = 2f / 13;
    private static final float S15 = 2f / 15;

    private Exp() {}

    /** {@code e^x}, relative error below 3e-7. */
    static FloatVector exp(FloatVector x) {
        var clamped = x.max(LOWEST).min(HIGHEST);
        var n = clamped.fma(clamped.broadcast(LOG2_E), clamped.broadcast(ROUNDER))
                .sub(ROUNDER);
        var r = n.fma(n.broadcast(-LN2_HIGH), clamped);
        r = n.fma(n.broadcast(-LN2_LOW), r);
        var p = r.fma(r.broadcast(C7), r.broadcast(C6));
        p = p.fma(r, r.broadcast(C5));
        p = p.fma(r, r.broadcast(C4));
        p = p.fma(r, r.broadcast(C3));
        p = p.fma(r, r.broadcast(C2));
        p = p.fma(r, r.broadcast(1));
        p = p.fma(r, r.broadcast(1));
        // 2^n in two factors: 2^128 is not a float.
        var bits = (IntVector) n.convert(VectorOperators.F2I, 0);
        var half = bits.lanewise(VectorOperators.ASHR, 1);
        var scaled = p.mul(power(half)).mul(power(bits.sub(half)));
        return scaled.blend(0f, x.compare(VectorOperators.LT, LOWEST));
    }

    private static FloatVector power(IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /** {@code e^x}, to the bit what the vector form gives. */
    static float exp(float x) {
        if (x < LOWEST) {
            return 0;
        }
        float clamped = Math.min(x, HIGHEST);
        float n = Math.fma(clamped, LOG2_E, ROUNDER) - ROUNDER;
        float r = Math.fma(n, -LN2_HIGH, clamped);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(r, C7, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        int half = (int) n >> 1;
        return p * power(half) * power((int) n - half);
    }

    private static float power(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    /**
     * {@code 2^x} for x at most 127, relative error below 2e-7, for decays, which a scan has to compute for every number of
     * its states: half the instructions of {@link #exp(FloatVector)}. Below -126, where floats are no longer normal, the
     * result lies between 0 and 2^-126; below -127 it is 0.
     *
     * <p>The sum with {@link #ROUNDER} has the whole part of x in its lowest bits, which go straight to the exponent.
     */
    static FloatVector exp2(FloatVector x) {
        var clamped = x.max(LEAST_POWER);
        var shifted = clamped.add(ROUNDER);
        var r = clamped.sub(shifted.sub(ROUNDER));
        var p = r.fma(r.broadcast(E5), r.broadcast(E4));
        p = p.fma(r, r.broadcast(E3));
        p = p.fma(r, r.broadcast(E2));
        p = p.fma(r, r.broadcast(E1));
        p = p.fma(r, r.broadcast(1));
        return shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(p.reinterpretAsInts())
                .reinterpretAsFloats();
    }

    /** {@code 2^x}, to the bit what the vector form gives. */
    static float exp2(float x) {
        float clamped = Math.max(x, LEAST_POWER);
        float shifted = clamped + ROUNDER;
        float r = clamped - (shifted - ROUNDER);
        float p = Math.fma(r, E5, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, 1);
        return Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + Float.floatToRawIntBits(p));
    }

    /**
     * {@code log(1 + e^x)}, relative error below 1e-6: the larger of x and 0, plus {@code log(1 + u)} of {@code u = e^-|x|},
     * which is twice the area tangent of {@code u / (2 + u)}.
     */
    static FloatVector softplus(FloatVector x) {
        var u = exp(x.abs().neg());
        var s = u.div(u.add(2));
        var z = s.mul(s);
        var p = z.fma(z.broadcast(S15), z.broadcast(S13));
        p = p.fma(z, z.broadcast(S11));
        p = p.fma(z, z.broadcast(S9));
        p = p.fma(z, z.broadcast(S7));
        p = p.fma(z, z.broadcast(S5));
        p = p.fma(z, z.broadcast(S3));
        p = p.fma(z, z.broadcast(2));
        return p.fma(s, x.max(0));
    }

    /** {@code log(1 + e^x)}, to the bit what the vector form gives. */
    static float softplus(float x) {
        float u = exp(-Math.abs(x));
        float s = u / (u + 2);
        float z = s * s;
        float p = Math.fma(z, S15, S13);
        p = Math.fma(p, z, S11);
        p = Math.fma(p, z, S9);
        p = Math.fma(p, z, S7);
        p = Math.fma(p, z, S5);
        p = Math.fma(p, z, S3);
        p = Math.fma(p, z, 2);
        return Math.fma(p, s, Math.max(x, 0));
    }

    /** {@code tanh(x)}, relative error below 1e-6. */
    static FloatVector tanh(FloatVector x) {
        var z = x.mul(x);
        var p = z.fma(z.broadcast(T9), z.broadcast(T7));
        p = p.fma(z, z.broadcast(T5));
        p = p.fma(z, z.broadcast(T3));
        var small = p.mul(z).fma(x, x);
        var large = x.broadcast(1).sub(x.broadcast(2).div(exp(x.add(x)).add(1)));
        return large.blend(small, x.abs().compare(VectorOperators.LT, SMALL));
    }

    /** {@code tanh(x)}, to the bit what the vector form gives. */
    static float tanh(float x) {
        if (Math.abs(x) < SMALL) {
            float z = x * x;
            float p = Math.fma(z, T9, T7);
            p = Math.fma(p, z, T5);
            p = Math.fma(p, z, T3);
            return Math.fma(p * z, x, x);
        }
        return 1 - 2 / (exp(x + x) + 1);
    }

    /** {@code e^x} in double precision, for a factor that a whole tile of scores or all channels of a head share. */
    public static double precise(double x) {
        return Math.exp(x);
    }

    /**
     * Scores become {@code e^(x - shift)}, in place, for scores at most {@code shift}: exactly 0 where they are 87.7 below, so
     * that hidden scores, which are negative infinity, count nothing. Within 2e-7 of the true value.
     *
     * <p>Over an array, in one method: a helper that returned a vector would box it wherever the JIT compiler stops
     * inlining, which it does in methods that grow large.
     *
     * @param n a multiple of the vector's lanes
     */
    public static void ofScores(float[] x, int at, int n, float shift) {
        for (int i = at; i < at + n; i += VectorWidth.LANES) {
            var power =
                    FloatVector.fromArray(VectorWidth.FLOATS, x, i).sub(shift).max(-88f);
            var whole = power.fma(power.broadcast(1.44269504f), power.broadcast(ROUNDER))
                    .sub(ROUNDER);
            var r = whole.fma(whole.broadcast(-0.693359375f), power);
            r = whole.fma(whole.broadcast(2.12194440e-4f), r);
            var p = r.broadcast(1.9875691500e-4f);
            p = p.fma(r, r.broadcast(1.3981999507e-3f));
            p = p.fma(r, r.broadcast(8.3334519073e-3f));
            p = p.fma(r, r.broadcast(4.1665795894e-2f));
            p = p.fma(r, r.broadcast(1.6666665459e-1f));
            p = p.fma(r, r.broadcast(5.0000001201e-1f));
            p = p.fma(r.mul(r), r.add(1f));
            var exponent = (IntVector) whole.convert(VectorOperators.F2I, 0);
            p.mul(exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                    .intoArray(x, i);
        }
    }

    /**
     * Scores become {@code cap * tanh(score / cap)}, in place, by {@link #ofScores}. ({@link VectorOps#softCap} does the same to
     * logits by {@link #tanh}, with other last bits.)
     *
     * @param n a multiple of the vector's lanes
     * @param scratch room for as many floats
     */
    public static void capScores(float[] scores, int at, int n, float cap, float[] scratch) {
        for (int i = 0; i < n; i += VectorWidth.LANES) {
            FloatVector.fromArray(VectorWidth.FLOATS, scores, at + i)
                    .div(cap)
                    .abs()
                    .mul(-2f)
                    .intoArray(scratch, i);
        }
        ofScores(scratch, 0, n, 0);
        for (int i = 0; i < n; i += VectorWidth.LANES) {
            // tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|)
            var e = FloatVector.fromArray(VectorWidth.FLOATS, scratch, i);
            var t = e.sub(1f).neg().div(e.add(1f));
            var negative =
                    FloatVector.fromArray(VectorWidth.FLOATS, scores, at + i).lt(0f);
            t.lanewise(VectorOperators.NEG, negative).mul(cap).intoArray(scores, at + i);
        }
    }
}

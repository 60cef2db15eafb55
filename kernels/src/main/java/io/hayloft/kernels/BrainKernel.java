package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PAIR_RESULTS;
import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Multiplies by pairs of bf16 numbers in words, the even k in the low half; a bf16 is the upper half of an f32.
 */
final class BrainKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int HIGH_HALF = 0xFFFF0000;

    private BrainKernel() {}

    /** Words from byte {@code at} as floats {@code [count][32]}. */
    static void expand(MemorySegment w, long at, int count, float[] dst) {
        for (int k = 0; k < count; k += 2, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER);
                u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(dst, k * ROWS + lane);
                if (k + 1 < count) {
                    u.and(HIGH_HALF).reinterpretAsFloats().intoArray(dst, (k + 1) * ROWS + lane);
                }
            }
        }
    }

    /** One activation row {@code [columns]} times four vectors of weight rows; see {@link OneRowKernel}. */
    static void oneRow(MemorySegment w, long at, long pair, int columns, float[] x, int xAt, float[] y, int yAt) {
        var a0 = FloatVector.zero(F);
        var a1 = a0;
        var a2 = a0;
        var a3 = a0;
        for (int k = 0; k < columns; k += 2, at += STEP) {
            var u0 = IntVector.fromMemorySegment(I, w, at, ORDER);
            var u1 = IntVector.fromMemorySegment(I, w, at + VECTOR, ORDER);
            var u2 = IntVector.fromMemorySegment(I, w, at + pair, ORDER);
            var u3 = IntVector.fromMemorySegment(I, w, at + pair + VECTOR, ORDER);
            var t = FloatVector.broadcast(F, x[xAt + k]);
            a0 = u0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a0);
            a1 = u1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a1);
            a2 = u2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a2);
            a3 = u3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a3);
            if (k + 1 < columns) {
                t = FloatVector.broadcast(F, x[xAt + k + 1]);
                a0 = u0.and(HIGH_HALF).reinterpretAsFloats().fma(t, a0);
                a1 = u1.and(HIGH_HALF).reinterpretAsFloats().fma(t, a1);
                a2 = u2.and(HIGH_HALF).reinterpretAsFloats().fma(t, a2);
                a3 = u3.and(HIGH_HALF).reinterpretAsFloats().fma(t, a3);
            }
        }
        a0.intoArray(y, yAt);
        a1.intoArray(y, yAt + L);
        a2.intoArray(y, yAt + PAIR_RESULTS);
        a3.intoArray(y, yAt + PAIR_RESULTS + L);
    }

    /** Four activation rows {@code [columns][4]} times two vectors of weight rows. */
    static void fourRows(MemorySegment w, long at, int columns, float[] x, int xAt, float[] y, int yAt) {
        var a0 = FloatVector.zero(F);
        var b0 = a0;
        var a1 = FloatVector.zero(F);
        var b1 = a1;
        var a2 = FloatVector.zero(F);
        var b2 = a2;
        var a3 = FloatVector.zero(F);
        var b3 = a3;
        for (int k = 0, i = xAt; k < columns; k += 2, i += 8, at += STEP) {
            var u = IntVector.fromMemorySegment(I, w, at, ORDER);
            var v = IntVector.fromMemorySegment(I, w, at + VECTOR, ORDER);
            var c = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            var d = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            var t = FloatVector.broadcast(F, x[i + 0]);
            a0 = c.fma(t, a0);
            b0 = d.fma(t, b0);
            t = FloatVector.broadcast(F, x[i + 1]);
            a1 = c.fma(t, a1);
            b1 = d.fma(t, b1);
            t = FloatVector.broadcast(F, x[i + 2]);
            a2 = c.fma(t, a2);
            b2 = d.fma(t, b2);
            t = FloatVector.broadcast(F, x[i + 3]);
            a3 = c.fma(t, a3);
            b3 = d.fma(t, b3);
            if (k + 1 < columns) {
                c = u.and(HIGH_HALF).reinterpretAsFloats();
                d = v.and(HIGH_HALF).reinterpretAsFloats();
                t = FloatVector.broadcast(F, x[i + 4]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, x[i + 5]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, x[i + 6]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, x[i + 7]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
            }
        }
        a0.intoArray(y, yAt + 0 * STRIDE);
        b0.intoArray(y, yAt + 0 * STRIDE + L);
        a1.intoArray(y, yAt + 1 * STRIDE);
        b1.intoArray(y, yAt + 1 * STRIDE + L);
        a2.intoArray(y, yAt + 2 * STRIDE);
        b2.intoArray(y, yAt + 2 * STRIDE + L);
        a3.intoArray(y, yAt + 3 * STRIDE);
        b3.intoArray(y, yAt + 3 * STRIDE + L);
    }
}

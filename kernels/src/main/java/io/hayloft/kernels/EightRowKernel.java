package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight activation rows times packed quantised values, two vectors of weight rows: a value that is unpacked serves eight rows.
 *
 * <p>The arithmetic of a lane is that of {@link OneRowKernel}. The loop takes one code at a time, so that accumulators,
 * values and broadcasts fit 32 registers: for 512 bits only.
 */
final class EightRowKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private EightRowKernel() {}

    /**
     * Eight activation rows times two vectors of weight rows.
     *
     * @param at byte at which the first vector's part of the first block begins
     * @param x activations {@code [columns][8]} from {@code xAt}
     * @param sums sum of each block {@code [blocks][8]} from {@code sumsAt}
     * @param y sums {@code [8][STRIDE]}, continued, from {@code yAt}
     */
    static void multiply(
            MemorySegment w,
            long at,
            CodeFormat format,
            float[] x,
            int xAt,
            float[] sums,
            int sumsAt,
            int blocks,
            float[] y,
            int yAt) {
        int bits = format.bits();
        int word = Integer.numberOfTrailingZeros(format.codesPerWord());
        var mask = IntVector.broadcast(I, (1 << bits) - 1);
        for (int b = 0; b < blocks; b++, at += format.blockBytes(), sumsAt += 8, xAt += 8 * format.block()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 0]);
            var b0 = a0;
            var a1 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 1]);
            var b1 = a1;
            var a2 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 2]);
            var b2 = a2;
            var a3 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 3]);
            var b3 = a3;
            var a4 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 4]);
            var b4 = a4;
            var a5 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 5]);
            var b5 = a5;
            var a6 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 6]);
            var b6 = a6;
            var a7 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + 7]);
            var b7 = a7;
            for (int k = 0, shift = 0; k < format.block(); k++, shift += bits) {
                long p = at + format.codesAt() + (k >> word) * STEP;
                var c = (FloatVector) IntVector.fromMemorySegment(I, w, p, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(mask)
                        .convert(VectorOperators.I2F, 0);
                var d = (FloatVector) IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(mask)
                        .convert(VectorOperators.I2F, 0);
                int i = xAt + 8 * k;
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
                t = FloatVector.broadcast(F, x[i + 4]);
                a4 = c.fma(t, a4);
                b4 = d.fma(t, b4);
                t = FloatVector.broadcast(F, x[i + 5]);
                a5 = c.fma(t, a5);
                b5 = d.fma(t, b5);
                t = FloatVector.broadcast(F, x[i + 6]);
                a6 = c.fma(t, a6);
                b6 = d.fma(t, b6);
                t = FloatVector.broadcast(F, x[i + 7]);
                a7 = c.fma(t, a7);
                b7 = d.fma(t, b7);
            }
            var s = FloatVector.fromMemorySegment(F, w, at, ORDER);
            var z = FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER);
            a0 = a0.fma(s, FloatVector.fromArray(F, y, yAt + 0 * STRIDE));
            b0 = b0.fma(z, FloatVector.fromArray(F, y, yAt + 0 * STRIDE + L));
            a1 = a1.fma(s, FloatVector.fromArray(F, y, yAt + 1 * STRIDE));
            b1 = b1.fma(z, FloatVector.fromArray(F, y, yAt + 1 * STRIDE + L));
            a2 = a2.fma(s, FloatVector.fromArray(F, y, yAt + 2 * STRIDE));
            b2 = b2.fma(z, FloatVector.fromArray(F, y, yAt + 2 * STRIDE + L));
            a3 = a3.fma(s, FloatVector.fromArray(F, y, yAt + 3 * STRIDE));
            b3 = b3.fma(z, FloatVector.fromArray(F, y, yAt + 3 * STRIDE + L));
            a4 = a4.fma(s, FloatVector.fromArray(F, y, yAt + 4 * STRIDE));
            b4 = b4.fma(z, FloatVector.fromArray(F, y, yAt + 4 * STRIDE + L));
            a5 = a5.fma(s, FloatVector.fromArray(F, y, yAt + 5 * STRIDE));
            b5 = b5.fma(z, FloatVector.fromArray(F, y, yAt + 5 * STRIDE + L));
            a6 = a6.fma(s, FloatVector.fromArray(F, y, yAt + 6 * STRIDE));
            b6 = b6.fma(z, FloatVector.fromArray(F, y, yAt + 6 * STRIDE + L));
            a7 = a7.fma(s, FloatVector.fromArray(F, y, yAt + 7 * STRIDE));
            b7 = b7.fma(z, FloatVector.fromArray(F, y, yAt + 7 * STRIDE + L));
            if (format.minimum()) {
                long q = at + format.minimaAt();
                s = FloatVector.fromMemorySegment(F, w, q, ORDER);
                z = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER);
                var t = FloatVector.broadcast(F, sums[sumsAt + 0]);
                a0 = s.fma(t, a0);
                b0 = z.fma(t, b0);
                t = FloatVector.broadcast(F, sums[sumsAt + 1]);
                a1 = s.fma(t, a1);
                b1 = z.fma(t, b1);
                t = FloatVector.broadcast(F, sums[sumsAt + 2]);
                a2 = s.fma(t, a2);
                b2 = z.fma(t, b2);
                t = FloatVector.broadcast(F, sums[sumsAt + 3]);
                a3 = s.fma(t, a3);
                b3 = z.fma(t, b3);
                t = FloatVector.broadcast(F, sums[sumsAt + 4]);
                a4 = s.fma(t, a4);
                b4 = z.fma(t, b4);
                t = FloatVector.broadcast(F, sums[sumsAt + 5]);
                a5 = s.fma(t, a5);
                b5 = z.fma(t, b5);
                t = FloatVector.broadcast(F, sums[sumsAt + 6]);
                a6 = s.fma(t, a6);
                b6 = z.fma(t, b6);
                t = FloatVector.broadcast(F, sums[sumsAt + 7]);
                a7 = s.fma(t, a7);
                b7 = z.fma(t, b7);
            }
            a0.intoArray(y, yAt + 0 * STRIDE);
            b0.intoArray(y, yAt + 0 * STRIDE + L);
            a1.intoArray(y, yAt + 1 * STRIDE);
            b1.intoArray(y, yAt + 1 * STRIDE + L);
            a2.intoArray(y, yAt + 2 * STRIDE);
            b2.intoArray(y, yAt + 2 * STRIDE + L);
            a3.intoArray(y, yAt + 3 * STRIDE);
            b3.intoArray(y, yAt + 3 * STRIDE + L);
            a4.intoArray(y, yAt + 4 * STRIDE);
            b4.intoArray(y, yAt + 4 * STRIDE + L);
            a5.intoArray(y, yAt + 5 * STRIDE);
            b5.intoArray(y, yAt + 5 * STRIDE + L);
            a6.intoArray(y, yAt + 6 * STRIDE);
            b6.intoArray(y, yAt + 6 * STRIDE + L);
            a7.intoArray(y, yAt + 7 * STRIDE);
            b7.intoArray(y, yAt + 7 * STRIDE + L);
        }
    }
}

package io.hayloft.engine.kernel;

import static io.hayloft.engine.kernel.Panels.ROWS;
import static io.hayloft.engine.kernel.Panels.STRIDE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Four activation rows times packed codes, two vectors of weight rows: a code that is unpacked serves four rows.
 *
 * <p>A code stays at its place among four of the word: masked there it is the code times a power of two, which the
 * activations carry the other way round, so the product is exact and a shift is saved. Each lane is one chain of fused
 * multiply-adds per block, then the block's scale and minimum: the same steps in every kernel.
 *
 * <p>Written out in full: vectors that cross a call would be boxed when the JIT compiler stops inlining. Masks are loaded
 * because the compiler rebuilds constant vectors at every use.
 */
final class FourRowKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int[] MASKS_4 = masks(4);
    private static final int[] MASKS_8 = masks(8);

    private FourRowKernel() {}

    /** Vectors of masks for the first to fourth code of a word. */
    private static int[] masks(int bits) {
        var masks = new int[4 * L];
        for (int i = 0; i < masks.length; i++) {
            masks[i] = ((1 << bits) - 1) << (i / L * bits);
        }
        return masks;
    }

    /**
     * Four activation rows times two vectors of weight rows.
     *
     * @param at byte at which the first vector's part of the first block begins
     * @param x activations {@code [columns][4]}, scaled, from {@code xAt}
     * @param sums sum of each block {@code [blocks][4]} from {@code sumsAt}
     * @param y sums {@code [4][STRIDE]}, continued, from {@code yAt}
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
        if (format.bits() == 4) {
            fourRows4(w, at, format, x, xAt, sums, sumsAt, blocks, y, yAt);
        } else {
            fourRows8(w, at, format, x, xAt, sums, sumsAt, blocks, y, yAt);
        }
    }

    private static void fourRows8(
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
        var m0 = IntVector.fromArray(I, MASKS_8, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_8, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_8, 2 * L);
        int i = xAt;
        for (int b = 0; b < blocks; b++, at += format.blockBytes()) {
            int s = sumsAt + 4 * b;
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[s + 0]);
            var b0 = a0;
            var a1 = FloatVector.broadcast(F, -format.offset() * sums[s + 1]);
            var b1 = a1;
            var a2 = FloatVector.broadcast(F, -format.offset() * sums[s + 2]);
            var b2 = a2;
            var a3 = FloatVector.broadcast(F, -format.offset() * sums[s + 3]);
            var b3 = a3;
            long p = at + format.codesAt();
            for (int end = i + 4 * format.block(); i < end; i += 16, p += STEP) {
                var u = IntVector.fromMemorySegment(I, w, p, ORDER);
                var v = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER);
                var c = ((FloatVector) u.and(m0).convert(VectorOperators.I2F, 0));
                var d = ((FloatVector) v.and(m0).convert(VectorOperators.I2F, 0));
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
                c = ((FloatVector) u.and(m1).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.and(m1).convert(VectorOperators.I2F, 0));
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
                c = ((FloatVector) u.and(m2).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.and(m2).convert(VectorOperators.I2F, 0));
                t = FloatVector.broadcast(F, x[i + 8]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, x[i + 9]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, x[i + 10]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, x[i + 11]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
                c = ((FloatVector) u.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0));
                t = FloatVector.broadcast(F, x[i + 12]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, x[i + 13]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, x[i + 14]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, x[i + 15]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
            }
            var c = FloatVector.fromMemorySegment(F, w, at, ORDER);
            var d = FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER);
            a0 = a0.fma(c, FloatVector.fromArray(F, y, yAt + 0 * STRIDE));
            b0 = b0.fma(d, FloatVector.fromArray(F, y, yAt + 0 * STRIDE + L));
            a1 = a1.fma(c, FloatVector.fromArray(F, y, yAt + 1 * STRIDE));
            b1 = b1.fma(d, FloatVector.fromArray(F, y, yAt + 1 * STRIDE + L));
            a2 = a2.fma(c, FloatVector.fromArray(F, y, yAt + 2 * STRIDE));
            b2 = b2.fma(d, FloatVector.fromArray(F, y, yAt + 2 * STRIDE + L));
            a3 = a3.fma(c, FloatVector.fromArray(F, y, yAt + 3 * STRIDE));
            b3 = b3.fma(d, FloatVector.fromArray(F, y, yAt + 3 * STRIDE + L));
            if (format.minimum()) {
                long q = at + format.minimaAt();
                c = FloatVector.fromMemorySegment(F, w, q, ORDER);
                d = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER);
                var t = FloatVector.broadcast(F, sums[s + 0]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, sums[s + 1]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, sums[s + 2]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, sums[s + 3]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
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

    private static void fourRows4(
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
        var m0 = IntVector.fromArray(I, MASKS_4, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_4, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_4, 2 * L);
        var m3 = IntVector.fromArray(I, MASKS_4, 3 * L);
        int i = xAt;
        for (int b = 0; b < blocks; b++, at += format.blockBytes()) {
            int s = sumsAt + 4 * b;
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[s + 0]);
            var b0 = a0;
            var a1 = FloatVector.broadcast(F, -format.offset() * sums[s + 1]);
            var b1 = a1;
            var a2 = FloatVector.broadcast(F, -format.offset() * sums[s + 2]);
            var b2 = a2;
            var a3 = FloatVector.broadcast(F, -format.offset() * sums[s + 3]);
            var b3 = a3;
            long p = at + format.codesAt();
            for (int j = 0; j < format.block(); j += 4, i += 16, p += (j & 4) == 0 ? STEP : 0) {
                int shift = (j & 4) << 2;
                var u = IntVector.fromMemorySegment(I, w, p, ORDER).lanewise(VectorOperators.LSHR, shift);
                var v = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER).lanewise(VectorOperators.LSHR, shift);
                var c = ((FloatVector) u.and(m0).convert(VectorOperators.I2F, 0));
                var d = ((FloatVector) v.and(m0).convert(VectorOperators.I2F, 0));
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
                c = ((FloatVector) u.and(m1).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.and(m1).convert(VectorOperators.I2F, 0));
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
                c = ((FloatVector) u.and(m2).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.and(m2).convert(VectorOperators.I2F, 0));
                t = FloatVector.broadcast(F, x[i + 8]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, x[i + 9]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, x[i + 10]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, x[i + 11]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
                c = ((FloatVector) u.and(m3).convert(VectorOperators.I2F, 0));
                d = ((FloatVector) v.and(m3).convert(VectorOperators.I2F, 0));
                t = FloatVector.broadcast(F, x[i + 12]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, x[i + 13]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, x[i + 14]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, x[i + 15]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
            }
            var c = FloatVector.fromMemorySegment(F, w, at, ORDER);
            var d = FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER);
            a0 = a0.fma(c, FloatVector.fromArray(F, y, yAt + 0 * STRIDE));
            b0 = b0.fma(d, FloatVector.fromArray(F, y, yAt + 0 * STRIDE + L));
            a1 = a1.fma(c, FloatVector.fromArray(F, y, yAt + 1 * STRIDE));
            b1 = b1.fma(d, FloatVector.fromArray(F, y, yAt + 1 * STRIDE + L));
            a2 = a2.fma(c, FloatVector.fromArray(F, y, yAt + 2 * STRIDE));
            b2 = b2.fma(d, FloatVector.fromArray(F, y, yAt + 2 * STRIDE + L));
            a3 = a3.fma(c, FloatVector.fromArray(F, y, yAt + 3 * STRIDE));
            b3 = b3.fma(d, FloatVector.fromArray(F, y, yAt + 3 * STRIDE + L));
            if (format.minimum()) {
                long q = at + format.minimaAt();
                c = FloatVector.fromMemorySegment(F, w, q, ORDER);
                d = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER);
                var t = FloatVector.broadcast(F, sums[s + 0]);
                a0 = c.fma(t, a0);
                b0 = d.fma(t, b0);
                t = FloatVector.broadcast(F, sums[s + 1]);
                a1 = c.fma(t, a1);
                b1 = d.fma(t, b1);
                t = FloatVector.broadcast(F, sums[s + 2]);
                a2 = c.fma(t, a2);
                b2 = d.fma(t, b2);
                t = FloatVector.broadcast(F, sums[s + 3]);
                a3 = c.fma(t, a3);
                b3 = d.fma(t, b3);
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
}

package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PAIR_RESULTS;
import static io.hayloft.kernels.Panels.ROWS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One activation row times packed quantised values: four vectors of weight rows at once, to have enough independent chains.
 *
 * <p>A code stays at its place among four of the word: masked there it is the code times a power of two, which the
 * activations carry the other way round, so the product is exact and a shift is saved. Each lane is one chain of fused
 * multiply-adds per block, then the block's scale and minimum: the same steps in every kernel.
 *
 * <p>Written out in full: vectors that cross a call would be boxed when the JIT compiler stops inlining. Masks are loaded
 * because the compiler rebuilds constant vectors at every use.
 */
final class OneRowKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int[] MASKS_4 = masks(4);
    private static final int[] MASKS_8 = masks(8);

    private OneRowKernel() {}

    /** Vectors of masks for the first to fourth code of a word. */
    static int[] masks(int bits) {
        var masks = new int[4 * L];
        for (int i = 0; i < masks.length; i++) {
            masks[i] = ((1 << bits) - 1) << (i / L * bits);
        }
        return masks;
    }

    /**
     * One activation row times four vectors of weight rows.
     *
     * @param at byte at which the first vector's part of the first block begins
     * @param pair distance in bytes of the second pair of vectors from the first
     * @param x activations {@code [columns]}, scaled, from {@code xAt}
     * @param sums sum of each block {@code [blocks]} from {@code sumsAt}
     * @param y sums, continued: two vectors at {@code yAt}, two {@link Panels#PAIR_RESULTS} further on
     */
    static void multiply(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            float[] x,
            int xAt,
            float[] sums,
            int sumsAt,
            int blocks,
            float[] y,
            int yAt) {
        if (format.table() != null) {
            OneRowTableKernel.multiply(w, at, pair, format, x, xAt, sums, sumsAt, blocks, y, yAt);
        } else if (format.bits() == 4) {
            oneRow4(w, at, pair, format, x, xAt, sums, sumsAt, blocks, y, yAt);
        } else {
            oneRow8(w, at, pair, format, x, xAt, sums, sumsAt, blocks, y, yAt);
        }
    }

    private static void oneRow8(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            float[] x,
            int k,
            float[] sums,
            int sumsAt,
            int blocks,
            float[] y,
            int yAt) {
        var m0 = IntVector.fromArray(I, MASKS_8, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_8, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_8, 2 * L);
        for (int b = 0; b < blocks; b++, at += format.blockBytes()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + b]);
            var a1 = a0;
            var a2 = a0;
            var a3 = a0;
            long p = at + format.codesAt();
            for (int end = k + format.block(); k < end; k += 4, p += STEP) {
                var u0 = IntVector.fromMemorySegment(I, w, p, ORDER);
                var u1 = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER);
                var u2 = IntVector.fromMemorySegment(I, w, p + pair, ORDER);
                var u3 = IntVector.fromMemorySegment(I, w, p + pair + VECTOR, ORDER);
                var t = FloatVector.broadcast(F, x[k]);
                a0 = ((FloatVector) u0.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 1]);
                a0 = ((FloatVector) u0.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 2]);
                a0 = ((FloatVector) u0.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 3]);
                a0 = ((FloatVector) u0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a3);
            }
            a0 = a0.fma(FloatVector.fromMemorySegment(F, w, at, ORDER), FloatVector.fromArray(F, y, yAt));
            a1 = a1.fma(FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER), FloatVector.fromArray(F, y, yAt + L));
            a2 = a2.fma(
                    FloatVector.fromMemorySegment(F, w, at + pair, ORDER),
                    FloatVector.fromArray(F, y, yAt + PAIR_RESULTS));
            a3 = a3.fma(
                    FloatVector.fromMemorySegment(F, w, at + pair + VECTOR, ORDER),
                    FloatVector.fromArray(F, y, yAt + PAIR_RESULTS + L));
            if (format.minimum()) {
                long q = at + format.minimaAt();
                var t = FloatVector.broadcast(F, sums[sumsAt + b]);
                a0 = FloatVector.fromMemorySegment(F, w, q, ORDER).fma(t, a0);
                a1 = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER).fma(t, a1);
                a2 = FloatVector.fromMemorySegment(F, w, q + pair, ORDER).fma(t, a2);
                a3 = FloatVector.fromMemorySegment(F, w, q + pair + VECTOR, ORDER)
                        .fma(t, a3);
            }
            a0.intoArray(y, yAt);
            a1.intoArray(y, yAt + L);
            a2.intoArray(y, yAt + PAIR_RESULTS);
            a3.intoArray(y, yAt + PAIR_RESULTS + L);
        }
    }

    private static void oneRow4(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            float[] x,
            int k,
            float[] sums,
            int sumsAt,
            int blocks,
            float[] y,
            int yAt) {
        var m0 = IntVector.fromArray(I, MASKS_4, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_4, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_4, 2 * L);
        var m3 = IntVector.fromArray(I, MASKS_4, 3 * L);
        for (int b = 0; b < blocks; b++, at += format.blockBytes()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + b]);
            var a1 = a0;
            var a2 = a0;
            var a3 = a0;
            long p = at + format.codesAt();
            for (int j = 0; j < format.block(); j += 4, k += 4, p += (j & 4) == 0 ? STEP : 0) {
                int shift = (j & 4) << 2;
                var u0 = IntVector.fromMemorySegment(I, w, p, ORDER).lanewise(VectorOperators.LSHR, shift);
                var u1 = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER).lanewise(VectorOperators.LSHR, shift);
                var u2 = IntVector.fromMemorySegment(I, w, p + pair, ORDER).lanewise(VectorOperators.LSHR, shift);
                var u3 = IntVector.fromMemorySegment(I, w, p + pair + VECTOR, ORDER)
                        .lanewise(VectorOperators.LSHR, shift);
                var t = FloatVector.broadcast(F, x[k]);
                a0 = ((FloatVector) u0.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 1]);
                a0 = ((FloatVector) u0.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 2]);
                a0 = ((FloatVector) u0.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, x[k + 3]);
                a0 = ((FloatVector) u0.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a3);
            }
            a0 = a0.fma(FloatVector.fromMemorySegment(F, w, at, ORDER), FloatVector.fromArray(F, y, yAt));
            a1 = a1.fma(FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER), FloatVector.fromArray(F, y, yAt + L));
            a2 = a2.fma(
                    FloatVector.fromMemorySegment(F, w, at + pair, ORDER),
                    FloatVector.fromArray(F, y, yAt + PAIR_RESULTS));
            a3 = a3.fma(
                    FloatVector.fromMemorySegment(F, w, at + pair + VECTOR, ORDER),
                    FloatVector.fromArray(F, y, yAt + PAIR_RESULTS + L));
            if (format.minimum()) {
                long q = at + format.minimaAt();
                var t = FloatVector.broadcast(F, sums[sumsAt + b]);
                a0 = FloatVector.fromMemorySegment(F, w, q, ORDER).fma(t, a0);
                a1 = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER).fma(t, a1);
                a2 = FloatVector.fromMemorySegment(F, w, q + pair, ORDER).fma(t, a2);
                a3 = FloatVector.fromMemorySegment(F, w, q + pair + VECTOR, ORDER)
                        .fma(t, a3);
            }
            a0.intoArray(y, yAt);
            a1.intoArray(y, yAt + L);
            a2.intoArray(y, yAt + PAIR_RESULTS);
            a3.intoArray(y, yAt + PAIR_RESULTS + L);
        }
    }
}

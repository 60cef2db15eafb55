package io.hayloft.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector kernels over blocks of packed codes (see {@link CodePanels}).
 *
 * <p>In the multiplications a code stays at its place in the word: masked there it is the code times a power of two,
 * which the activations carry the other way round, so the product is exact and a shift is saved.
 */
final class Codes {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final int ROWS = Panels.ROWS;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final int[] MASKS_4 = masks(4);
    private static final int[] MASKS_8 = masks(8);

    private Codes() {}

    private static int[] masks(int bits) {
        var masks = new int[4 * L];
        for (int i = 0; i < masks.length; i++) {
            masks[i] = ((1 << bits) - 1) << i / L * bits;
        }
        return masks;
    }

    /** Bytes as floats: {@code [count][32]} from {@code to}. */
    static void expand8(MemorySegment w, long at, int count, float[] dst, int to) {
        for (int k = 0; k < count; k += 4, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER);
                int i = to + k * ROWS + lane;
                floats(u.and(0xFF)).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(0xFF)).intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(0xFF)).intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24)).intoArray(dst, i + 3 * ROWS);
            }
        }
    }

    /** Half bytes as floats: {@code [count][32]} from {@code to}. */
    static void expand4(MemorySegment w, long at, int count, float[] dst, int to) {
        for (int k = 0; k < count; k += 8, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER);
                int i = to + k * ROWS + lane;
                for (int j = 0; j < 8; j++, i += ROWS) {
                    floats(u.and(15)).intoArray(dst, i);
                    u = u.lanewise(VectorOperators.LSHR, 4);
                }
            }
        }
    }

    /** Turns the codes of a block into weights, with the two roundings of the file format's definition. */
    static void applyScales(MemorySegment w, long at, CodeFormat format, float[] codes, int from) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            if (format.minimum()) {
                var minimum = FloatVector.fromMemorySegment(F, w, at + format.minimaAt() + 4L * lane, ORDER);
                for (int k = 0, i = from + lane; k < format.block(); k++, i += ROWS) {
                    FloatVector.fromArray(F, codes, i).mul(scale).add(minimum).intoArray(codes, i);
                }
            } else {
                for (int k = 0, i = from + lane; k < format.block(); k++, i += ROWS) {
                    FloatVector.fromArray(F, codes, i)
                            .sub(format.offset())
                            .mul(scale)
                            .intoArray(codes, i);
                }
            }
        }
    }

    /** {@code sums[r][lane] += x sum of row r * minimum[lane]} for the rows of a group. */
    static void addMinima(MemorySegment w, long at, float[] x, int xAt, int xStep, int rows, float[] sums, int to) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var minimum = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            for (int r = 0; r < rows; r++) {
                int i = to + r * ROWS + lane;
                FloatVector.broadcast(F, x[xAt + r * xStep])
                        .fma(minimum, FloatVector.fromArray(F, sums, i))
                        .intoArray(sums, i);
            }
        }
    }

    /**
     * One activation row times four vectors of weight rows: enough independent chains to keep the multipliers busy.
     *
     * @param at byte at which the first vector's part of the first block begins
     * @param pair distance in bytes of the second pair of vectors from the first
     * @param yPair distance of their results
     */
    static void multiply(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            Panels.Activations x,
            int row,
            float[] y,
            int yAt,
            int yPair) {
        if (format.bits() == 4) {
            multiply4(w, at, pair, format, x, row, y, yAt, yPair);
        } else {
            multiply8(w, at, pair, format, x, row, y, yAt, yPair);
        }
    }

    /** One activation row times four vectors of weight rows with codes of 8 bits; see {@link #multiply}. */
    private static void multiply8(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            Panels.Activations x,
            int row,
            float[] y,
            int yAt,
            int yPair) {
        var xs = x.x();
        int k = row * x.columns();
        int sum = row * x.blocks();
        var m0 = IntVector.fromArray(I, MASKS_8, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_8, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_8, 2 * L);
        var y0 = FloatVector.zero(F);
        var y1 = y0;
        var y2 = y0;
        var y3 = y0;
        for (int b = 0; b < x.blocks(); b++, at += format.blockBytes()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * x.sums()[sum + b]);
            var a1 = a0;
            var a2 = a0;
            var a3 = a0;
            long p = at + format.codesAt();
            for (int end = k + format.block(); k < end; k += 4, p += STEP) {
                var u0 = IntVector.fromMemorySegment(I, w, p, ORDER);
                var u1 = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER);
                var u2 = IntVector.fromMemorySegment(I, w, p + pair, ORDER);
                var u3 = IntVector.fromMemorySegment(I, w, p + pair + VECTOR, ORDER);
                var t = FloatVector.broadcast(F, xs[k]);
                a0 = ((FloatVector) u0.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 1]);
                a0 = ((FloatVector) u0.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 2]);
                a0 = ((FloatVector) u0.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 3]);
                a0 = ((FloatVector) u0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)).fma(t, a3);
            }
            y0 = a0.fma(FloatVector.fromMemorySegment(F, w, at, ORDER), y0);
            y1 = a1.fma(FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER), y1);
            y2 = a2.fma(FloatVector.fromMemorySegment(F, w, at + pair, ORDER), y2);
            y3 = a3.fma(FloatVector.fromMemorySegment(F, w, at + pair + VECTOR, ORDER), y3);
            if (format.minimum()) {
                long q = at + format.minimaAt();
                var t = FloatVector.broadcast(F, x.sums()[sum + b]);
                y0 = FloatVector.fromMemorySegment(F, w, q, ORDER).fma(t, y0);
                y1 = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER).fma(t, y1);
                y2 = FloatVector.fromMemorySegment(F, w, q + pair, ORDER).fma(t, y2);
                y3 = FloatVector.fromMemorySegment(F, w, q + pair + VECTOR, ORDER)
                        .fma(t, y3);
            }
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + L);
        y2.intoArray(y, yAt + yPair);
        y3.intoArray(y, yAt + yPair + L);
    }

    /** One activation row times four vectors of weight rows with codes of 4 bits; see {@link #multiply}. */
    private static void multiply4(
            MemorySegment w,
            long at,
            long pair,
            CodeFormat format,
            Panels.Activations x,
            int row,
            float[] y,
            int yAt,
            int yPair) {
        var xs = x.x();
        int k = row * x.columns();
        int sum = row * x.blocks();
        var m0 = IntVector.fromArray(I, MASKS_4, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS_4, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS_4, 2 * L);
        var m3 = IntVector.fromArray(I, MASKS_4, 3 * L);
        var y0 = FloatVector.zero(F);
        var y1 = y0;
        var y2 = y0;
        var y3 = y0;
        for (int b = 0; b < x.blocks(); b++, at += format.blockBytes()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * x.sums()[sum + b]);
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
                var t = FloatVector.broadcast(F, xs[k]);
                a0 = ((FloatVector) u0.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m0).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 1]);
                a0 = ((FloatVector) u0.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m1).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 2]);
                a0 = ((FloatVector) u0.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m2).convert(VectorOperators.I2F, 0)).fma(t, a3);
                t = FloatVector.broadcast(F, xs[k + 3]);
                a0 = ((FloatVector) u0.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a0);
                a1 = ((FloatVector) u1.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a1);
                a2 = ((FloatVector) u2.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a2);
                a3 = ((FloatVector) u3.and(m3).convert(VectorOperators.I2F, 0)).fma(t, a3);
            }
            y0 = a0.fma(FloatVector.fromMemorySegment(F, w, at, ORDER), y0);
            y1 = a1.fma(FloatVector.fromMemorySegment(F, w, at + VECTOR, ORDER), y1);
            y2 = a2.fma(FloatVector.fromMemorySegment(F, w, at + pair, ORDER), y2);
            y3 = a3.fma(FloatVector.fromMemorySegment(F, w, at + pair + VECTOR, ORDER), y3);
            if (format.minimum()) {
                long q = at + format.minimaAt();
                var t = FloatVector.broadcast(F, x.sums()[sum + b]);
                y0 = FloatVector.fromMemorySegment(F, w, q, ORDER).fma(t, y0);
                y1 = FloatVector.fromMemorySegment(F, w, q + VECTOR, ORDER).fma(t, y1);
                y2 = FloatVector.fromMemorySegment(F, w, q + pair, ORDER).fma(t, y2);
                y3 = FloatVector.fromMemorySegment(F, w, q + pair + VECTOR, ORDER)
                        .fma(t, y3);
            }
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + L);
        y2.intoArray(y, yAt + yPair);
        y3.intoArray(y, yAt + yPair + L);
    }

    /** Small enough to be inlined everywhere: a vector that crosses a real call would be boxed. */
    private static FloatVector floats(Vector<Integer> codes) {
        return (FloatVector) codes.convert(VectorOperators.I2F, 0);
    }
}

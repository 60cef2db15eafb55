package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with a matrix of {@link Codes}, for one to four query heads at a time: a word's codes are masked off, turned to
 * floats and multiplied while the next ones move down.
 */
final class PackedRows {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
    private static final int LANES = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private PackedRows() {}

    /**
     * Multiplies rows of x with the codes: {@code out[head][lane] += sum over rows of x[head][row] * code[row][lane]}, rows in
     * order, so that a result does not depend on how many heads are computed together.
     *
     * @param x [heads][xStride]
     * @param rows rows of codes, whole words
     * @param at byte of the first lane's first word
     * @param rowLanes words from one row of words to the next
     * @param lanes lanes to compute: a multiple of 16
     * @param out [heads][outStride]
     */
    static void add(
            float[] x,
            int xAt,
            int xStride,
            int heads,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            int rowLanes,
            int lanes,
            float[] out,
            int outAt,
            int outStride) {
        int pairs = lanes / (2 * LANES) * (2 * LANES);
        long rowBytes = (long) Integer.BYTES * rowLanes;
        for (int head = 0; head < heads; ) {
            int from = xAt + head * xStride;
            int to = outAt + head * outStride;
            int together = HeadGroups.next(heads - head);
            switch (together) {
                case 4 -> four(x, from, xStride, rows, bits, m, at, rowBytes, pairs, out, to, outStride);
                case 3 -> three(x, from, xStride, rows, bits, m, at, rowBytes, pairs, out, to, outStride);
                case 2 -> two(x, from, xStride, rows, bits, m, at, rowBytes, pairs, out, to, outStride);
                default -> one(x, from, rows, bits, m, at, rowBytes, pairs, out, to);
            }
            for (int i = 0; pairs < lanes && i < together; i++) {
                rest(x, from + i * xStride, rows, bits, m, at, rowBytes, pairs, lanes, out, to + i * outStride);
            }
            head += together;
        }
    }

    private static void four(
            float[] x,
            int xAt,
            int xStride,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            long rowBytes,
            int lanes,
            float[] out,
            int outAt,
            int outStride) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = xAt + xStride;
        int x2 = xAt + 2 * xStride;
        int x3 = xAt + 3 * xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o0 = outAt + lane;
            int o1 = o0 + outStride;
            int o2 = o1 + outStride;
            int o3 = o2 + outStride;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            var b0 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            var c0 = FloatVector.fromArray(FLOATS, out, o2);
            var c1 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            var d0 = FloatVector.fromArray(FLOATS, out, o3);
            var d1 = FloatVector.fromArray(FLOATS, out, o3 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u0 = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var u1 = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v0 = (FloatVector) u0.and(mask).convert(VectorOperators.I2F, 0);
                    var v1 = (FloatVector) u1.and(mask).convert(VectorOperators.I2F, 0);
                    u0 = u0.lanewise(VectorOperators.LSHR, bits);
                    u1 = u1.lanewise(VectorOperators.LSHR, bits);
                    var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                    a0 = w0.fma(v0, a0);
                    a1 = w0.fma(v1, a1);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    b0 = w1.fma(v0, b0);
                    b1 = w1.fma(v1, b1);
                    var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                    c0 = w2.fma(v0, c0);
                    c1 = w2.fma(v1, c1);
                    var w3 = FloatVector.broadcast(FLOATS, x[x3 + row]);
                    d0 = w3.fma(v0, d0);
                    d1 = w3.fma(v1, d1);
                }
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
            b0.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            c0.intoArray(out, o2);
            c1.intoArray(out, o2 + LANES);
            d0.intoArray(out, o3);
            d1.intoArray(out, o3 + LANES);
        }
    }

    private static void three(
            float[] x,
            int xAt,
            int xStride,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            long rowBytes,
            int lanes,
            float[] out,
            int outAt,
            int outStride) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = xAt + xStride;
        int x2 = xAt + 2 * xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o0 = outAt + lane;
            int o1 = o0 + outStride;
            int o2 = o1 + outStride;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            var b0 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            var c0 = FloatVector.fromArray(FLOATS, out, o2);
            var c1 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u0 = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var u1 = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v0 = (FloatVector) u0.and(mask).convert(VectorOperators.I2F, 0);
                    var v1 = (FloatVector) u1.and(mask).convert(VectorOperators.I2F, 0);
                    u0 = u0.lanewise(VectorOperators.LSHR, bits);
                    u1 = u1.lanewise(VectorOperators.LSHR, bits);
                    var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                    a0 = w0.fma(v0, a0);
                    a1 = w0.fma(v1, a1);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    b0 = w1.fma(v0, b0);
                    b1 = w1.fma(v1, b1);
                    var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                    c0 = w2.fma(v0, c0);
                    c1 = w2.fma(v1, c1);
                }
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
            b0.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            c0.intoArray(out, o2);
            c1.intoArray(out, o2 + LANES);
        }
    }

    private static void two(
            float[] x,
            int xAt,
            int xStride,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            long rowBytes,
            int lanes,
            float[] out,
            int outAt,
            int outStride) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = xAt + xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o0 = outAt + lane;
            int o1 = o0 + outStride;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            var b0 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u0 = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var u1 = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v0 = (FloatVector) u0.and(mask).convert(VectorOperators.I2F, 0);
                    var v1 = (FloatVector) u1.and(mask).convert(VectorOperators.I2F, 0);
                    u0 = u0.lanewise(VectorOperators.LSHR, bits);
                    u1 = u1.lanewise(VectorOperators.LSHR, bits);
                    var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                    a0 = w0.fma(v0, a0);
                    a1 = w0.fma(v1, a1);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    b0 = w1.fma(v0, b0);
                    b1 = w1.fma(v1, b1);
                }
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
            b0.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
        }
    }

    private static void one(
            float[] x,
            int xAt,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            long rowBytes,
            int lanes,
            float[] out,
            int outAt) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o0 = outAt + lane;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u0 = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var u1 = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v0 = (FloatVector) u0.and(mask).convert(VectorOperators.I2F, 0);
                    var v1 = (FloatVector) u1.and(mask).convert(VectorOperators.I2F, 0);
                    u0 = u0.lanewise(VectorOperators.LSHR, bits);
                    u1 = u1.lanewise(VectorOperators.LSHR, bits);
                    var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                    a0 = w0.fma(v0, a0);
                    a1 = w0.fma(v1, a1);
                }
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
        }
    }

    /** The last lanes, where they do not fill two vectors. */
    private static void rest(
            float[] x,
            int xAt,
            int rows,
            int bits,
            MemorySegment m,
            long at,
            long rowBytes,
            int from,
            int lanes,
            float[] out,
            int outAt) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        for (int lane = from; lane < lanes; lane += LANES) {
            var a = FloatVector.fromArray(FLOATS, out, outAt + lane);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v = (FloatVector) u.and(mask).convert(VectorOperators.I2F, 0);
                    u = u.lanewise(VectorOperators.LSHR, bits);
                    a = FloatVector.broadcast(FLOATS, x[xAt + row]).fma(v, a);
                }
            }
            a.intoArray(out, outAt + lane);
        }
    }
}

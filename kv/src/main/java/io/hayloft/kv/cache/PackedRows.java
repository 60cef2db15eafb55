package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with a matrix of {@link PackedMatrix}, for one to four query heads at a time: a word's numbers are masked off, converted
 * to floats and multiplied while the next ones move down.
 *
 * <p>Written by {@code RowsTemplate} of the tests from {@code Rows.java.template}: change that. The loops for each number of
 * heads are written out because their sums have to be local variables to live in registers.
 */
final class PackedRows {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
    private static final int LANES = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private PackedRows() {}

    /**
     * Multiplies rows of x with the matrix m: {@code out[head][lane] += sum over rows of x[head][row] * m[row][lane]}, rows in
     * order, so that a result does not depend on how many heads are computed together.
     *
     * @param rows rows of numbers of {@code bits} bits, whole words
     * @param at byte of the first lane's first word
     * @param rowLanes words from one row of words to the next
     * @param lanes lanes to compute, a multiple of 16
     */
    static void add(RowProduct o, int rows, int bits, MemorySegment m, long at, int rowLanes, int lanes) {
        long rowBytes = (long) Integer.BYTES * rowLanes;
        int pairs = lanes / (2 * LANES) * (2 * LANES);
        for (int head = 0; head < o.heads; ) {
            int together = RowProduct.together(o.heads - head);
            switch (together) {
                case 4 -> heads4(o, head, rows, bits, m, at, rowBytes, pairs);
                case 3 -> heads3(o, head, rows, bits, m, at, rowBytes, pairs);
                case 2 -> heads2(o, head, rows, bits, m, at, rowBytes, pairs);
                default -> heads1(o, head, rows, bits, m, at, rowBytes, pairs);
            }
            for (int i = 0; pairs < lanes && i < together; i++) {
                rest(o, head + i, rows, bits, m, at, rowBytes, pairs, lanes);
            }
            head += together;
        }
    }

    private static void heads4(
            RowProduct o, int head, int rows, int bits, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = o.xAt + (head + 0) * o.xStride;
        int x2 = o.xAt + (head + 1) * o.xStride;
        int x3 = o.xAt + (head + 2) * o.xStride;
        int x4 = o.xAt + (head + 3) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            int o2 = o.outAt + (head + 1) * o.outStride + lane;
            var a2 = FloatVector.fromArray(FLOATS, out, o2);
            var b2 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            int o3 = o.outAt + (head + 2) * o.outStride + lane;
            var a3 = FloatVector.fromArray(FLOATS, out, o3);
            var b3 = FloatVector.fromArray(FLOATS, out, o3 + LANES);
            int o4 = o.outAt + (head + 3) * o.outStride + lane;
            var a4 = FloatVector.fromArray(FLOATS, out, o4);
            var b4 = FloatVector.fromArray(FLOATS, out, o4 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var ua = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var ub = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var va = (FloatVector) ua.and(mask).convert(VectorOperators.I2F, 0);
                    var vb = (FloatVector) ub.and(mask).convert(VectorOperators.I2F, 0);
                    ua = ua.lanewise(VectorOperators.LSHR, bits);
                    ub = ub.lanewise(VectorOperators.LSHR, bits);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    a1 = w1.fma(va, a1);
                    b1 = w1.fma(vb, b1);
                    var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                    a2 = w2.fma(va, a2);
                    b2 = w2.fma(vb, b2);
                    var w3 = FloatVector.broadcast(FLOATS, x[x3 + row]);
                    a3 = w3.fma(va, a3);
                    b3 = w3.fma(vb, b3);
                    var w4 = FloatVector.broadcast(FLOATS, x[x4 + row]);
                    a4 = w4.fma(va, a4);
                    b4 = w4.fma(vb, b4);
                }
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            a2.intoArray(out, o2);
            b2.intoArray(out, o2 + LANES);
            a3.intoArray(out, o3);
            b3.intoArray(out, o3 + LANES);
            a4.intoArray(out, o4);
            b4.intoArray(out, o4 + LANES);
        }
    }

    private static void heads3(
            RowProduct o, int head, int rows, int bits, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = o.xAt + (head + 0) * o.xStride;
        int x2 = o.xAt + (head + 1) * o.xStride;
        int x3 = o.xAt + (head + 2) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            int o2 = o.outAt + (head + 1) * o.outStride + lane;
            var a2 = FloatVector.fromArray(FLOATS, out, o2);
            var b2 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            int o3 = o.outAt + (head + 2) * o.outStride + lane;
            var a3 = FloatVector.fromArray(FLOATS, out, o3);
            var b3 = FloatVector.fromArray(FLOATS, out, o3 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var ua = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var ub = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var va = (FloatVector) ua.and(mask).convert(VectorOperators.I2F, 0);
                    var vb = (FloatVector) ub.and(mask).convert(VectorOperators.I2F, 0);
                    ua = ua.lanewise(VectorOperators.LSHR, bits);
                    ub = ub.lanewise(VectorOperators.LSHR, bits);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    a1 = w1.fma(va, a1);
                    b1 = w1.fma(vb, b1);
                    var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                    a2 = w2.fma(va, a2);
                    b2 = w2.fma(vb, b2);
                    var w3 = FloatVector.broadcast(FLOATS, x[x3 + row]);
                    a3 = w3.fma(va, a3);
                    b3 = w3.fma(vb, b3);
                }
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            a2.intoArray(out, o2);
            b2.intoArray(out, o2 + LANES);
            a3.intoArray(out, o3);
            b3.intoArray(out, o3 + LANES);
        }
    }

    private static void heads2(
            RowProduct o, int head, int rows, int bits, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = o.xAt + (head + 0) * o.xStride;
        int x2 = o.xAt + (head + 1) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            int o2 = o.outAt + (head + 1) * o.outStride + lane;
            var a2 = FloatVector.fromArray(FLOATS, out, o2);
            var b2 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var ua = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var ub = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var va = (FloatVector) ua.and(mask).convert(VectorOperators.I2F, 0);
                    var vb = (FloatVector) ub.and(mask).convert(VectorOperators.I2F, 0);
                    ua = ua.lanewise(VectorOperators.LSHR, bits);
                    ub = ub.lanewise(VectorOperators.LSHR, bits);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    a1 = w1.fma(va, a1);
                    b1 = w1.fma(vb, b1);
                    var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                    a2 = w2.fma(va, a2);
                    b2 = w2.fma(vb, b2);
                }
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            a2.intoArray(out, o2);
            b2.intoArray(out, o2 + LANES);
        }
    }

    private static void heads1(
            RowProduct o, int head, int rows, int bits, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = o.xAt + (head + 0) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var ua = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                var ub = IntVector.fromMemorySegment(INTS, m, p + 4L * LANES, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var va = (FloatVector) ua.and(mask).convert(VectorOperators.I2F, 0);
                    var vb = (FloatVector) ub.and(mask).convert(VectorOperators.I2F, 0);
                    ua = ua.lanewise(VectorOperators.LSHR, bits);
                    ub = ub.lanewise(VectorOperators.LSHR, bits);
                    var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                    a1 = w1.fma(va, a1);
                    b1 = w1.fma(vb, b1);
                }
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
        }
    }

    /** The last lanes of one head, where they do not fill two vectors. */
    private static void rest(
            RowProduct o, int head, int rows, int bits, MemorySegment m, long at, long rowBytes, int from, int lanes) {
        int mask = (1 << bits) - 1;
        int wordRows = Integer.SIZE / bits;
        int x1 = o.xAt + head * o.xStride;
        for (int lane = from; lane < lanes; lane += LANES) {
            int o1 = o.outAt + head * o.outStride + lane;
            var a = FloatVector.fromArray(FLOATS, o.out, o1);
            long p = at + 4L * lane;
            for (int first = 0; first < rows; first += wordRows, p += rowBytes) {
                var u = IntVector.fromMemorySegment(INTS, m, p, ORDER);
                for (int row = first; row < first + wordRows; row++) {
                    var v = (FloatVector) u.and(mask).convert(VectorOperators.I2F, 0);
                    u = u.lanewise(VectorOperators.LSHR, bits);
                    a = FloatVector.broadcast(FLOATS, o.x[x1 + row]).fma(v, a);
                }
            }
            a.intoArray(o.out, o1);
        }
    }
}

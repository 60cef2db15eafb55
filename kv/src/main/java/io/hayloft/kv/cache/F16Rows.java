package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with a matrix of 16-bit floats, for one to four query heads at a time.
 *
 * <p>There is no vector conversion from 16-bit floats. Moving sign, exponent and fraction to their places in a 32-bit float
 * gives the number times 2^-112, exactly; x carries the opposite factor.
 *
 * <p>Written by {@code RowsTemplate} of the tests from {@code Rows.java.template}: change that. The loops for each number of
 * heads are written out because their sums have to be local variables to live in registers.
 */
final class F16Rows {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(VectorWidth.BITS / 2));
    private static final int LANES = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** The factor by which x must be multiplied. */
    static final float FACTOR = 0x1p112f;

    private F16Rows() {}

    /**
     * Multiplies rows of x with the matrix m: {@code out[head][lane] += sum over rows of x[head][row] * m[row][lane]}, rows in
     * order, so that a result does not depend on how many heads are computed together.
     *
     * @param m matrix of {@code rows} rows of {@code lanes} numbers, beginning at byte {@code at}
     * @param lanes a multiple of 16
     */
    static void add(RowProduct o, int rows, MemorySegment m, long at, int lanes) {
        long rowBytes = 2L * lanes;
        int pairs = lanes / (2 * LANES) * (2 * LANES);
        for (int head = 0; head < o.heads; ) {
            int together = RowProduct.together(o.heads - head);
            switch (together) {
                case 4 -> heads4(o, head, rows, m, at, rowBytes, pairs);
                case 3 -> heads3(o, head, rows, m, at, rowBytes, pairs);
                case 2 -> heads2(o, head, rows, m, at, rowBytes, pairs);
                default -> heads1(o, head, rows, m, at, rowBytes, pairs);
            }
            for (int i = 0; pairs < lanes && i < together; i++) {
                rest(o, head + i, rows, m, at, rowBytes, pairs, lanes);
            }
            head += together;
        }
    }

    private static void heads4(RowProduct o, int head, int rows, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
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
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += rowBytes) {
                var va = small(m, p);
                var vb = small(m, p + 2L * LANES);
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

    private static void heads3(RowProduct o, int head, int rows, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
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
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += rowBytes) {
                var va = small(m, p);
                var vb = small(m, p + 2L * LANES);
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
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            a2.intoArray(out, o2);
            b2.intoArray(out, o2 + LANES);
            a3.intoArray(out, o3);
            b3.intoArray(out, o3 + LANES);
        }
    }

    private static void heads2(RowProduct o, int head, int rows, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int x1 = o.xAt + (head + 0) * o.xStride;
        int x2 = o.xAt + (head + 1) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            int o2 = o.outAt + (head + 1) * o.outStride + lane;
            var a2 = FloatVector.fromArray(FLOATS, out, o2);
            var b2 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += rowBytes) {
                var va = small(m, p);
                var vb = small(m, p + 2L * LANES);
                var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                a1 = w1.fma(va, a1);
                b1 = w1.fma(vb, b1);
                var w2 = FloatVector.broadcast(FLOATS, x[x2 + row]);
                a2 = w2.fma(va, a2);
                b2 = w2.fma(vb, b2);
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
            a2.intoArray(out, o2);
            b2.intoArray(out, o2 + LANES);
        }
    }

    private static void heads1(RowProduct o, int head, int rows, MemorySegment m, long at, long rowBytes, int lanes) {
        var x = o.x;
        var out = o.out;
        int x1 = o.xAt + (head + 0) * o.xStride;
        for (int lane = 0; lane < lanes; lane += 2 * LANES) {
            int o1 = o.outAt + (head + 0) * o.outStride + lane;
            var a1 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += rowBytes) {
                var va = small(m, p);
                var vb = small(m, p + 2L * LANES);
                var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                a1 = w1.fma(va, a1);
                b1 = w1.fma(vb, b1);
            }
            a1.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
        }
    }

    /** The last lanes of one head, where they do not fill two vectors. */
    private static void rest(
            RowProduct o, int head, int rows, MemorySegment m, long at, long rowBytes, int from, int lanes) {
        int x1 = o.xAt + head * o.xStride;
        for (int lane = from; lane < lanes; lane += LANES) {
            int o1 = o.outAt + head * o.outStride + lane;
            var a = FloatVector.fromArray(FLOATS, o.out, o1);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += rowBytes) {
                var v = small(m, p);
                a = FloatVector.broadcast(FLOATS, o.x[x1 + row]).fma(v, a);
            }
            a.intoArray(o.out, o1);
        }
    }

    /** Numbers of a row, times 2^-112. */
    private static FloatVector small(MemorySegment m, long at) {
        var bits = (IntVector)
                ShortVector.fromMemorySegment(SHORTS, m, at, ORDER).convertShape(VectorOperators.S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 13).and(0x8FFFE000).reinterpretAsFloats();
    }

    /**
     * As {@link #add}, for an x that would leave the range of floats when multiplied with {@link #FACTOR}, which the matrix
     * gets here. Where both are in range the results have the same bits: factors are powers of two.
     */
    static void addUnlifted(RowProduct o, int rows, MemorySegment m, long at, int lanes) {
        for (int head = 0; head < o.heads; head++) {
            int x1 = o.xAt + head * o.xStride;
            for (int lane = 0; lane < lanes; lane += LANES) {
                int o1 = o.outAt + head * o.outStride + lane;
                var a = FloatVector.fromArray(FLOATS, o.out, o1);
                long p = at + 2L * lane;
                for (int row = 0; row < rows; row++, p += 2L * lanes) {
                    var w = FloatVector.broadcast(FLOATS, o.x[x1 + row]);
                    a = w.fma(small(m, p).mul(FACTOR), a);
                }
                a.intoArray(o.out, o1);
            }
        }
    }

    /** Multiplies count floats of each head, a multiple of the vector's lanes, with {@link #FACTOR}: dst [heads][count]. */
    static void lift(RowProduct o, int count, float[] dst) {
        for (int head = 0; head < o.heads; head++) {
            for (int i = 0; i < count; i += LANES) {
                var v = FloatVector.fromArray(FLOATS, o.x, o.xAt + head * o.xStride + i);
                v.mul(FACTOR).intoArray(dst, head * count + i);
            }
        }
    }

    /** Decodes a row. */
    static void widen(MemorySegment m, long at, float[] dst, int dstAt, int count) {
        for (int lane = 0; lane < count; lane += LANES) {
            small(m, at + 2L * lane).mul(FACTOR).intoArray(dst, dstAt + lane);
        }
    }
}

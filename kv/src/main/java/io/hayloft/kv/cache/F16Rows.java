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
 */
final class F16Rows {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(VectorWidth.BITS / 2));

    /** What x must be multiplied with. */
    static final float FACTOR = 0x1p112f;

    private F16Rows() {}

    /**
     * Multiplies rows of x with the matrix m: {@code out[head][lane] += sum over rows of x[head][row] * m[row][lane]}, rows in
     * order, so that a result does not depend on how many heads are computed together.
     *
     * @param x [heads][xStride]
     * @param m matrix of {@code rows} rows of {@code lanes} numbers, beginning at byte {@code at}
     * @param lanes a multiple of 16
     * @param out [heads][outStride]
     */
    static void add(
            float[] x,
            int xAt,
            int xStride,
            int heads,
            int rows,
            MemorySegment m,
            long at,
            int lanes,
            float[] out,
            int outAt,
            int outStride) {
        int pairs = lanes / (2 * LANES) * (2 * LANES);
        for (int head = 0; head < heads; ) {
            int from = xAt + head * xStride;
            int to = outAt + head * outStride;
            int together = HeadGroups.next(heads - head);
            switch (together) {
                case 4 -> four(x, from, xStride, rows, m, at, lanes, pairs, out, to, outStride);
                case 3 -> three(x, from, xStride, rows, m, at, lanes, pairs, out, to, outStride);
                case 2 -> two(x, from, xStride, rows, m, at, lanes, pairs, out, to, outStride);
                default -> one(x, from, rows, m, at, lanes, pairs, out, to);
            }
            for (int i = 0; pairs < lanes && i < together; i++) {
                rest(x, from + i * xStride, rows, m, at, lanes, pairs, out, to + i * outStride);
            }
            head += together;
        }
    }

    private static void four(
            float[] x,
            int xAt,
            int xStride,
            int rows,
            MemorySegment m,
            long at,
            int lanes,
            int pairs,
            float[] out,
            int outAt,
            int outStride) {
        int x1 = xAt + xStride;
        int x2 = xAt + 2 * xStride;
        int x3 = xAt + 3 * xStride;
        for (int lane = 0; lane < pairs; lane += 2 * LANES) {
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
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += 2L * lanes) {
                var v0 = small(m, p);
                var v1 = small(m, p + 2L * LANES);
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
            MemorySegment m,
            long at,
            int lanes,
            int pairs,
            float[] out,
            int outAt,
            int outStride) {
        int x1 = xAt + xStride;
        int x2 = xAt + 2 * xStride;
        for (int lane = 0; lane < pairs; lane += 2 * LANES) {
            int o0 = outAt + lane;
            int o1 = o0 + outStride;
            int o2 = o1 + outStride;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            var b0 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            var c0 = FloatVector.fromArray(FLOATS, out, o2);
            var c1 = FloatVector.fromArray(FLOATS, out, o2 + LANES);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += 2L * lanes) {
                var v0 = small(m, p);
                var v1 = small(m, p + 2L * LANES);
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
            MemorySegment m,
            long at,
            int lanes,
            int pairs,
            float[] out,
            int outAt,
            int outStride) {
        int x1 = xAt + xStride;
        for (int lane = 0; lane < pairs; lane += 2 * LANES) {
            int o0 = outAt + lane;
            int o1 = o0 + outStride;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            var b0 = FloatVector.fromArray(FLOATS, out, o1);
            var b1 = FloatVector.fromArray(FLOATS, out, o1 + LANES);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += 2L * lanes) {
                var v0 = small(m, p);
                var v1 = small(m, p + 2L * LANES);
                var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                a0 = w0.fma(v0, a0);
                a1 = w0.fma(v1, a1);
                var w1 = FloatVector.broadcast(FLOATS, x[x1 + row]);
                b0 = w1.fma(v0, b0);
                b1 = w1.fma(v1, b1);
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
            b0.intoArray(out, o1);
            b1.intoArray(out, o1 + LANES);
        }
    }

    private static void one(
            float[] x, int xAt, int rows, MemorySegment m, long at, int lanes, int pairs, float[] out, int outAt) {
        for (int lane = 0; lane < pairs; lane += 2 * LANES) {
            int o0 = outAt + lane;
            var a0 = FloatVector.fromArray(FLOATS, out, o0);
            var a1 = FloatVector.fromArray(FLOATS, out, o0 + LANES);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += 2L * lanes) {
                var v0 = small(m, p);
                var v1 = small(m, p + 2L * LANES);
                var w0 = FloatVector.broadcast(FLOATS, x[xAt + row]);
                a0 = w0.fma(v0, a0);
                a1 = w0.fma(v1, a1);
            }
            a0.intoArray(out, o0);
            a1.intoArray(out, o0 + LANES);
        }
    }

    /** Numbers of a row, times 2^-112. */
    private static FloatVector small(MemorySegment m, long at) {
        var bits = (IntVector)
                ShortVector.fromMemorySegment(SHORTS, m, at, ORDER).convertShape(VectorOperators.S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 13).and(0x8FFFE000).reinterpretAsFloats();
    }

    /** Multiplies count floats of each head, a multiple of the vector's lanes, with {@link #FACTOR}. */
    static void lift(float[] x, int xAt, int xStride, int heads, int count, float[] dst) {
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < count; i += LANES) {
                var v = FloatVector.fromArray(FLOATS, x, xAt + head * xStride + i);
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

    /** The last lanes, where they do not fill two vectors. */
    private static void rest(
            float[] x, int xAt, int rows, MemorySegment m, long at, int lanes, int from, float[] out, int outAt) {
        for (int lane = from; lane < lanes; lane += LANES) {
            var a = FloatVector.fromArray(FLOATS, out, outAt + lane);
            long p = at + 2L * lane;
            for (int row = 0; row < rows; row++, p += 2L * lanes) {
                a = FloatVector.broadcast(FLOATS, x[xAt + row]).fma(small(m, p), a);
            }
            a.intoArray(out, outAt + lane);
        }
    }
}

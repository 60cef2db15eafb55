package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.ROWS;
import static io.hayloft.kernels.Panels.STRIDE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight activation rows times packed places in a table: {@link EightRowKernel} for bytes, which come out of the table four
 * at once, each half of a word as one word of bytes. Such formats have no minimum.
 */
final class EightRowTableKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final VectorSpecies<Byte> B = VectorWidth.BYTES;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private EightRowTableKernel() {}

    /** As {@link EightRowKernel#multiply}. */
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
        var table =
                ByteVector.fromArray(B, Objects.requireNonNull(format.table()).vector(), 0);
        var low = IntVector.broadcast(I, TableFormat.LOW);
        var mask = IntVector.broadcast(I, 0xFF);
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
            for (int k = 0; k < format.block(); k += 4) {
                long p = at + format.codesAt() + (k >> 3) * STEP;
                var u = IntVector.fromMemorySegment(I, w, p, ORDER)
                        .lanewise(VectorOperators.LSHR, k & 4)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
                var v = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER)
                        .lanewise(VectorOperators.LSHR, k & 4)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
                for (int j = 0; j < 4; j++) {
                    var c = (FloatVector) u.and(mask).convert(VectorOperators.I2F, 0);
                    var d = (FloatVector) v.and(mask).convert(VectorOperators.I2F, 0);
                    u = u.lanewise(VectorOperators.LSHR, 8);
                    v = v.lanewise(VectorOperators.LSHR, 8);
                    int i = xAt + 8 * (k + j);
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

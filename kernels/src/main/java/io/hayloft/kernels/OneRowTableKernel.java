package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.PAIR_RESULTS;
import static io.hayloft.kernels.Panels.ROWS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One activation row times packed places in a table: {@link OneRowKernel} for bytes, which come out of the table four at
 * once, each half of a word as one word of bytes. Such formats have no minimum.
 */
final class OneRowTableKernel {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final VectorSpecies<Byte> B = VectorWidth.BYTES;
    private static final int L = VectorWidth.LANES;
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int[] MASKS = OneRowKernel.masks(8);

    private OneRowTableKernel() {}

    /** As {@link OneRowKernel#multiply}. */
    static void multiply(
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
        var m0 = IntVector.fromArray(I, MASKS, 0 * L);
        var m1 = IntVector.fromArray(I, MASKS, 1 * L);
        var m2 = IntVector.fromArray(I, MASKS, 2 * L);
        var table =
                ByteVector.fromArray(B, Objects.requireNonNull(format.table()).vector(), 0);
        var low = IntVector.broadcast(I, TableFormat.LOW);
        for (int b = 0; b < blocks; b++, at += format.blockBytes()) {
            var a0 = FloatVector.broadcast(F, -format.offset() * sums[sumsAt + b]);
            var a1 = a0;
            var a2 = a0;
            var a3 = a0;
            long p = at + format.codesAt();
            for (int j = 0; j < format.block(); j += 4, k += 4, p += (j & 4) == 0 ? STEP : 0) {
                int shift = j & 4;
                var u0 = IntVector.fromMemorySegment(I, w, p, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
                var u1 = IntVector.fromMemorySegment(I, w, p + VECTOR, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
                var u2 = IntVector.fromMemorySegment(I, w, p + pair, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
                var u3 = IntVector.fromMemorySegment(I, w, p + pair + VECTOR, ORDER)
                        .lanewise(VectorOperators.LSHR, shift)
                        .and(low)
                        .reinterpretAsBytes()
                        .selectFrom(table)
                        .reinterpretAsInts();
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
            a0.intoArray(y, yAt);
            a1.intoArray(y, yAt + L);
            a2.intoArray(y, yAt + PAIR_RESULTS);
            a3.intoArray(y, yAt + PAIR_RESULTS + L);
        }
    }
}

package io.hayloft.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Rounds floats to bfloat16, their upper 16 bits: to nearest, ties to even; infinities and NaNs stay what they are. */
public final class BrainFloats {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(VectorWidth.BITS / 2));
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    private static final int BELOW_HALF = 0x7FFF;
    private static final int QUIET = 0x40;
    private static final int INFINITY = 0x7F80_0000;
    private static final int MAGNITUDE = 0x7FFF_FFFF;

    private BrainFloats() {}

    /** Writes {@code n} rounded floats as 16-bit words. */
    public static void round(float[] src, int at, MemorySegment dst, long dstOffset, int n) {
        int i = 0;
        for (; i <= n - VectorWidth.LANES; i += VectorWidth.LANES) {
            var bits = FloatVector.fromArray(F, src, at + i).reinterpretAsInts();
            var upper = bits.lanewise(VectorOperators.LSHR, 16);
            var rounded = bits.add(upper.and(1)).add(BELOW_HALF).lanewise(VectorOperators.LSHR, 16);
            var nan = bits.and(MAGNITUDE).compare(VectorOperators.GT, INFINITY);
            ((ShortVector) rounded.blend(upper.or(QUIET), nan).convertShape(VectorOperators.I2S, S, 0))
                    .intoMemorySegment(dst, dstOffset + 2L * i, ORDER);
        }
        for (; i < n; i++) {
            dst.set(SHORT, dstOffset + 2L * i, round(src[at + i]));
        }
    }

    /** One float, rounded. */
    public static short round(float value) {
        int bits = Float.floatToRawIntBits(value);
        int upper = bits >>> 16;
        return (short) (Float.isNaN(value) ? upper | QUIET : (bits + (upper & 1) + BELOW_HALF) >>> 16);
    }
}

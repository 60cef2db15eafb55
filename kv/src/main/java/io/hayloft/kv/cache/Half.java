package io.hayloft.kv.cache;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** 16-bit floats that never become infinite: what is beyond their range is stored as the largest one. */
final class Half {
    static final float LARGEST = 65504;

    /** Below this, 16-bit floats are multiples of 2^-24. */
    private static final float SMALLEST_NORMAL = 0x1p-14f;

    private static final int DROPPED_BITS = 13;

    private Half() {}

    /** Bits of the nearest 16-bit float, ties to even. */
    static short bits(float value) {
        return Float.floatToFloat16(Math.max(-LARGEST, Math.min(LARGEST, value)));
    }

    /** The value rounded to a 16-bit float. */
    static float round(float value) {
        return Float.float16ToFloat(bits(value));
    }

    /** The same for a vector of numbers that are not negative. */
    static FloatVector round(FloatVector value) {
        var x = value.min(LARGEST);
        // Normal numbers: add half of the last kept bit, or just less if that bit is 0 and a tie goes down.
        IntVector bits = x.reinterpretAsInts();
        var even = bits.lanewise(VectorOperators.LSHR, DROPPED_BITS).and(1);
        var normal = bits.add(even).add((1 << (DROPPED_BITS - 1)) - 1).and(-1 << DROPPED_BITS);
        // Small numbers: the last bit of a float between 0.5 and 1 is worth 2^-24.
        var small = x.add(0.75f).sub(0.75f);
        return normal.reinterpretAsFloats().blend(small, x.lt(SMALLEST_NORMAL));
    }
}

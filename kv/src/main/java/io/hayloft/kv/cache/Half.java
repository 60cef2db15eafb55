package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    /** Rounds count numbers, from {@code at} on, to the beginning of {@code rounded}. */
    static void round(float[] x, int at, int count, float[] rounded) {
        int i = 0;
        for (; i <= count - VectorWidth.LANES; i += VectorWidth.LANES) {
            var v = FloatVector.fromArray(VectorWidth.FLOATS, x, at + i);
            var sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
            round(v.abs()).reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(rounded, i);
        }
        for (; i < count; i++) {
            rounded[i] = round(x[at + i]);
        }
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

    /** An array of scales and zero points in memory, as 16-bit or 32-bit floats. */
    record Scales(boolean wide) {
        int bytes(int count) {
            return count * (wide ? Float.BYTES : Short.BYTES);
        }

        void set(MemorySegment m, long at, int index, float value) {
            if (wide) {
                m.set(ValueLayout.JAVA_FLOAT, at + (long) Float.BYTES * index, value);
            } else {
                m.set(ValueLayout.JAVA_SHORT, at + (long) Short.BYTES * index, Half.bits(value));
            }
        }

        float get(MemorySegment m, long at, int index) {
            return wide
                    ? m.get(ValueLayout.JAVA_FLOAT, at + (long) Float.BYTES * index)
                    : Float.float16ToFloat(m.get(ValueLayout.JAVA_SHORT, at + (long) Short.BYTES * index));
        }

        /** Reads count numbers, a multiple of 16. */
        void read(MemorySegment m, long at, int count, float[] dst) {
            if (wide) {
                MemorySegment.copy(m, ValueLayout.JAVA_FLOAT, at, dst, 0, count);
            } else {
                F16Rows.widen(m, at, dst, 0, count);
            }
        }
    }
}

package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of scales and minima in memory, as 16-bit or 32-bit floats. */
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

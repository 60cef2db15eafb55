package io.hayloft.formats.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Elements that stand alone: f32, f16, bf16; and the little-endian reads that all formats share. */
final class PlainBlocks {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PlainBlocks() {}

    static void f32(MemorySegment data, long at, float[] dst, int to) {
        dst[to] = data.get(FLOAT, at);
    }

    static void f16(MemorySegment data, long at, float[] dst, int to) {
        dst[to] = half(data, at);
    }

    /** bf16 is the upper half of an f32. */
    static void bf16(MemorySegment data, long at, float[] dst, int to) {
        dst[to] = Float.intBitsToFloat(data.get(SHORT, at) << 16);
    }

    /** The f16 number at a byte offset; the scale of most blocks. */
    static float half(MemorySegment data, long at) {
        return Float.float16ToFloat(data.get(SHORT, at));
    }

    /** The 32 bits at a byte offset. */
    static int bits(MemorySegment data, long at) {
        return data.get(INT, at);
    }

    /** The unsigned byte at an offset. */
    static int unsigned(MemorySegment data, long at) {
        return data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    /** The signed byte at an offset. */
    static int signed(MemorySegment data, long at) {
        return data.get(ValueLayout.JAVA_BYTE, at);
    }
}

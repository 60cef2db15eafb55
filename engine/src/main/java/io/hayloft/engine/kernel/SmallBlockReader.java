package io.hayloft.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Takes apart the file's blocks of 32 elements: an f16 scale, in some types an f16 minimum, and codes. In the 4- and
 * 5-bit types byte j of 16 holds element j in its low and element j + 16 in its high half.
 */
final class SmallBlockReader {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SmallBlockReader() {}

    static void q8(MemorySegment data, long at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        for (int j = 0; j < 32; j++) {
            codes[j] = (byte) (data.get(ValueLayout.JAVA_BYTE, at + 2 + j) + 128);
        }
    }

    static void q4(MemorySegment data, long at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        fourBits(data, at + 2, codes);
    }

    static void q4WithMinimum(MemorySegment data, long at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        minima[0] = half(data, at + 2);
        fourBits(data, at + 4, codes);
    }

    static void q5(MemorySegment data, long at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        fourBits(data, at + 6, codes);
        fifthBits(data.get(INT, at + 2), codes);
    }

    static void q5WithMinimum(MemorySegment data, long at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        minima[0] = half(data, at + 2);
        fourBits(data, at + 8, codes);
        fifthBits(data.get(INT, at + 4), codes);
    }

    private static void fourBits(MemorySegment data, long at, byte[] codes) {
        for (int j = 0; j < 16; j++) {
            int pair = unsigned(data, at + j);
            codes[j] = (byte) (pair & 15);
            codes[j + 16] = (byte) (pair >> 4);
        }
    }

    private static void fifthBits(int bits, byte[] codes) {
        for (int j = 0; j < 32; j++) {
            codes[j] |= (byte) ((bits >>> j & 1) << 4);
        }
    }

    /** The f16 number at a byte offset. */
    static float half(MemorySegment data, long at) {
        return Float.float16ToFloat(data.get(SHORT, at));
    }

    /** The unsigned byte at an offset. */
    static int unsigned(MemorySegment data, long at) {
        return data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }
}

package io.hayloft.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Takes apart the file's blocks of 32 elements: an f16 scale, in some types an f16 minimum, and quantised values. In the 4- and
 * 5-bit types byte j of 16 holds element j in its low and element j + 16 in its high half.
 */
final class SmallBlockReader {
    /** In a number of 64 bits, the lowest bit of each byte. */
    static final long ONES = 0x0101010101010101L;

    /** In a number of 64 bits, the low half of each byte. */
    static final long LOW_HALVES = 15 * ONES;

    private static final long HIGHEST_BITS = ONES << 7;
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SmallBlockReader() {}

    static void q8(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        for (int j = 0; j < 32; j += 8) {
            set(codes, j, eight(data, at + 2 + j) ^ HIGHEST_BITS); // adds 128
        }
    }

    static void q4(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        fourBits(data, at + 2, codes);
    }

    static void q4WithMinimum(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        minima[0] = half(data, at + 2);
        fourBits(data, at + 4, codes);
    }

    static void q5(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        fourBits(data, at + 6, codes);
        fifthBits(data, at + 2, codes);
    }

    static void q5WithMinimum(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = half(data, at);
        minima[0] = half(data, at + 2);
        fourBits(data, at + 8, codes);
        fifthBits(data, at + 4, codes);
    }

    /** Scale and minimum of 32 bits. */
    static void int4(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = (float) FLOAT.get(data, at);
        minima[0] = (float) FLOAT.get(data, at + 4);
        fourBits(data, at + 8, codes);
    }

    /** As {@link #int4}, and a byte for each code. */
    static void int8(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scales[0] = (float) FLOAT.get(data, at);
        minima[0] = (float) FLOAT.get(data, at + 4);
        System.arraycopy(data, at + 8, codes, 0, 32);
    }

    private static void fourBits(byte[] data, int at, byte[] codes) {
        for (int j = 0; j < 16; j += 8) {
            long pairs = eight(data, at + j);
            set(codes, j, pairs & LOW_HALVES);
            set(codes, j + 16, (pairs >>> 4) & LOW_HALVES);
        }
    }

    private static void fifthBits(byte[] data, int at, byte[] codes) {
        for (int j = 0; j < 32; j += 8) {
            set(codes, j, eight(codes, j) | (bitPerByte(data[at + j / 8]) << 4));
        }
    }

    /** Bit i of a byte as byte i, 0 or 1. */
    private static long bitPerByte(byte bits) {
        long apart = ((bits & 0xFF) * ONES) & 0x8040201008040201L; // byte i is 0 or 1 << i
        return ((apart + 127 * ONES) >>> 7) & ONES;
    }

    /** Eight bytes, the first one lowest. */
    static long eight(byte[] data, int at) {
        return (long) LONG.get(data, at);
    }

    /** Writes eight bytes, the lowest one first. */
    static void set(byte[] data, int at, long eight) {
        LONG.set(data, at, eight);
    }

    /** The f16 number at a byte offset. */
    static float half(byte[] data, int at) {
        return Float.float16ToFloat((short) (unsigned(data, at) | (unsigned(data, at + 1) << 8)));
    }

    /** The unsigned byte at an offset. */
    static int unsigned(byte[] data, int at) {
        return data[at] & 0xFF;
    }
}

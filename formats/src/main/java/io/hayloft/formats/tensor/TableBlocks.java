package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.PlainBlocks.half;
import static io.hayloft.formats.tensor.PlainBlocks.unsigned;

import java.lang.foreign.MemorySegment;

/**
 * Blocks whose quantised values of 4 bits are places in a table of 16 numbers, closer together around 0.
 *
 * <p>Of 32 elements, byte {@code j} of 16 holds element {@code j} in its low and element {@code j + 16} in its high four
 * bits.
 */
final class TableBlocks {
    private static final int HALF = 16;
    private static final int SUPER_PARTS = 8;

    private static final float[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** The doubled values of 4-bit floats (sign, 2 bits of exponent, 1 of fraction). */
    private static final float[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private TableBlocks() {}

    /** {@code d | 16 bytes}: {@code d * table}. */
    static void iq4(MemorySegment data, long at, float[] dst, int to) {
        read(IQ4, half(data, at), data, at + 2, dst, to);
    }

    /**
     * {@code d | high 2 bits of 8 scales in 2 bytes | low 4 bits in 4 bytes | 128 bytes}: parts of 32 with {@code d *
     * (scale - 32) * table}.
     */
    static void iq4Super(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        int high = unsigned(data, at + 2) | (unsigned(data, at + 3) << 8);
        for (int part = 0; part < SUPER_PARTS; part++) {
            int low = (unsigned(data, at + 4 + part / 2) >> (part % 2 * 4)) & 15;
            int own = (low | (((high >> (2 * part)) & 3) << 4)) - 32;
            read(IQ4, scale * own, data, at + 8 + part * HALF, dst, to + part * 2 * HALF);
        }
    }

    /** {@code exponent byte | 16 bytes}: {@code 2^(exponent - 128) * doubled value} (OCP Microscaling Formats v1.0). */
    static void mxfp4(MemorySegment data, long at, float[] dst, int to) {
        read(E2M1, halfPowerOfTwo(unsigned(data, at)), data, at + 1, dst, to);
    }

    /** {@code 2^(exponent - 128)}: half of what the byte means, since the table is doubled. */
    private static float halfPowerOfTwo(int exponent) {
        int bits = exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23; // below 2 it is subnormal
        return Float.intBitsToFloat(bits);
    }

    private static void read(float[] table, float scale, MemorySegment data, long at, float[] dst, int to) {
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + j);
            dst[to + j] = scale * table[pair & 15];
            dst[to + j + HALF] = scale * table[pair >> 4];
        }
    }
}

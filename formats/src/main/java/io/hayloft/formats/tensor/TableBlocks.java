package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.ScaledValues.half;
import static io.hayloft.formats.tensor.ScaledValues.unsigned;
import static io.hayloft.formats.tensor.ScaledValues.unsigned16;

/**
 * Blocks whose quantised values of 4 bits are places in a table of 16 numbers, closer together around 0.
 *
 * <p>Of a part of {@code n} elements, byte {@code j} holds element {@code j} in its low and element {@code j + n / 2} in its
 * high four bits.
 */
final class TableBlocks {
    static final byte[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** The doubled values of 4-bit floats (sign, 2 bits of exponent, 1 of fraction). */
    static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private static final int NO_SCALE = 0x7F;

    private TableBlocks() {}

    /** {@code d | 16 bytes}: {@code d * table}. */
    static void iq4(byte[] data, int at, byte[] values, float[] scales) {
        scales[0] = half(data, at);
        read(IQ4, data, at + 2, values, 0, 32);
    }

    /**
     * {@code d | high 2 bits of 8 scales in 2 bytes | low 4 bits in 4 bytes | 128 bytes}: parts of 32 with {@code d *
     * (scale - 32) * table}.
     */
    static void iq4Super(byte[] data, int at, byte[] values, float[] scales) {
        float scale = half(data, at);
        int high = unsigned16(data, at + 2);
        for (int part = 0; part < scales.length; part++) {
            int low = (unsigned(data, at + 4 + part / 2) >> (part % 2 * 4)) & 15;
            scales[part] = scale * ((low | (((high >> (2 * part)) & 3) << 4)) - 32);
            read(IQ4, data, at + 8 + part * 16, values, part * 32, 32);
        }
    }

    /** {@code exponent byte | 16 bytes}: {@code 2^(exponent - 128) * doubled value} (OCP Microscaling Formats v1.0). */
    static void mxfp4(byte[] data, int at, byte[] values, float[] scales) {
        scales[0] = halfPowerOfTwo(unsigned(data, at));
        read(E2M1, data, at + 1, values, 0, 32);
    }

    /** {@code 4 scales of 8 bits | 32 bytes}: parts of 16 with {@code scale / 2 * doubled value}. */
    static void nvfp4(byte[] data, int at, byte[] values, float[] scales) {
        for (int part = 0; part < scales.length; part++) {
            int scale = unsigned(data, at + part);
            scales[part] = scale == NO_SCALE ? 0 : 0.5f * Float8.e4m3Magnitude(scale);
            read(E2M1, data, at + 4 + part * 8, values, part * 16, 16);
        }
    }

    /** {@code 2^(exponent - 128)}: half of what the byte means, since the table is doubled. */
    private static float halfPowerOfTwo(int exponent) {
        int bits = exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23; // below 2 it is subnormal
        return Float.intBitsToFloat(bits);
    }

    private static void read(byte[] table, byte[] data, int at, byte[] values, int to, int count) {
        int half = count / 2;
        for (int j = 0; j < half; j++) {
            int pair = unsigned(data, at + j);
            values[to + j] = table[pair & 15];
            values[to + j + half] = table[pair >> 4];
        }
    }
}

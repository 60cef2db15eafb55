package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.ScaledValues.half;
import static io.hayloft.formats.tensor.ScaledValues.unsigned;

import java.util.Arrays;

/** Blocks of elements that are -1, 0 or 1 times one f16 scale {@code d}. */
final class TernaryBlocks {
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private TernaryBlocks() {}

    /**
     * {@code 48 bytes of 5 digits | 4 bytes of 4 digits | d}: a byte is a fraction of 256 whose digits to base 3 are the
     * elements. Elements are 32 apart in the first 32 bytes, 16 apart in the next 16, and 4 apart in the last.
     */
    static void tq1(byte[] data, int at, byte[] values, float[] scales) {
        Arrays.fill(scales, half(data, at + 52));
        digits(data, at, 32, 5, values, 0);
        digits(data, at + 32, 16, 5, values, 160);
        digits(data, at + 48, 4, 4, values, 240);
    }

    private static void digits(byte[] data, int at, int bytes, int digits, byte[] values, int to) {
        for (int digit = 0; digit < digits; digit++) {
            for (int j = 0; j < bytes; j++) {
                int fraction = (unsigned(data, at + j) * POWERS[digit]) & 0xFF;
                values[to + digit * bytes + j] = (byte) (((fraction * 3) >> 8) - 1);
            }
        }
    }

    /**
     * {@code 64 bytes of 2-bit values | d}: each 32 bytes hold 128 elements, 32 apart in ascending bit positions. The highest
     * of the four values is 2.
     */
    static void tq2(byte[] data, int at, byte[] values, float[] scales) {
        Arrays.fill(scales, half(data, at + 64));
        for (int i = 0; i < values.length; i++) {
            int value = (unsigned(data, at + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2)) & 3;
            values[i] = (byte) (value - 1);
        }
    }

    /** {@code d | 16 bytes}: bit {@code i} says whether element {@code i} is {@code d} or {@code -d}. */
    static void q1(byte[] data, int at, byte[] values, float[] scales) {
        Arrays.fill(scales, half(data, at));
        for (int i = 0; i < values.length; i++) {
            int bit = (data[at + 2 + i / 8] >> (i % 8)) & 1;
            values[i] = (byte) (2 * bit - 1);
        }
    }
}

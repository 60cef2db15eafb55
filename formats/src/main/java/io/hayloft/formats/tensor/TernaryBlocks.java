package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.PlainBlocks.half;
import static io.hayloft.formats.tensor.PlainBlocks.unsigned;

import java.lang.foreign.MemorySegment;

/** Blocks of 256 elements that are -1, 0 or 1 times an f16 scale {@code d} at their end. */
final class TernaryBlocks {
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private TernaryBlocks() {}

    /**
     * {@code 48 bytes of 5 digits | 4 bytes of 4 digits | d}: a byte is a fraction of 256 whose digits to base 3 are the
     * elements. Elements are 32 apart in the first 32 bytes, 16 apart in the next 16, and 4 apart in the last.
     */
    static void tq1(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at + 52);
        digits(scale, data, at, 32, 5, dst, to);
        digits(scale, data, at + 32, 16, 5, dst, to + 160);
        digits(scale, data, at + 48, 4, 4, dst, to + 240);
    }

    private static void digits(float scale, MemorySegment data, long at, int bytes, int digits, float[] dst, int to) {
        for (int digit = 0; digit < digits; digit++) {
            for (int j = 0; j < bytes; j++) {
                int fraction = (unsigned(data, at + j) * POWERS[digit]) & 0xFF;
                dst[to + digit * bytes + j] = scale * (((fraction * 3) >> 8) - 1);
            }
        }
    }

    /** {@code 64 bytes of 2-bit values | d}: each 32 bytes hold 128 elements, 32 apart in ascending bit positions. */
    static void tq2(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at + 64);
        for (int i = 0; i < 256; i++) {
            int value = (unsigned(data, at + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2)) & 3;
            dst[to + i] = scale * (value - 1);
        }
    }
}

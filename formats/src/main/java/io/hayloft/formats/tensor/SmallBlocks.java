package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.PlainBlocks.bits;
import static io.hayloft.formats.tensor.PlainBlocks.half;
import static io.hayloft.formats.tensor.PlainBlocks.signed;
import static io.hayloft.formats.tensor.PlainBlocks.unsigned;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 elements with one f16 scale {@code d}, some with an f16 minimum {@code m}.
 *
 * <p>In the 4- and 5-bit types byte {@code j} of 16 holds element {@code j} in its low and element {@code j + 16} in its
 * high four bits; the fifth bits of all elements lie together in 32 bits.
 */
final class SmallBlocks {
    private static final int HALF = 16;

    private SmallBlocks() {}

    /** {@code d | 32 signed codes}: {@code d * code}. */
    static void q8(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        for (int j = 0; j < 2 * HALF; j++) {
            dst[to + j] = scale * signed(data, at + 2 + j);
        }
    }

    /** {@code d | 16 bytes}: {@code d * (code - 8)}. */
    static void q4(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + 2 + j);
            dst[to + j] = scale * ((pair & 15) - 8);
            dst[to + j + HALF] = scale * ((pair >> 4) - 8);
        }
    }

    /** {@code d | m | 16 bytes}: {@code d * code + m}. */
    static void q4WithMinimum(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        float minimum = half(data, at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + 4 + j);
            dst[to + j] = scale * (pair & 15) + minimum;
            dst[to + j + HALF] = scale * (pair >> 4) + minimum;
        }
    }

    /** {@code d | 32 fifth bits | 16 bytes}: {@code d * (code - 16)}. */
    static void q5(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        int fifth = bits(data, at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + 6 + j);
            dst[to + j] = scale * (((pair & 15) | (((fifth >>> j) & 1) << 4)) - 16);
            dst[to + j + HALF] = scale * (((pair >> 4) | (((fifth >>> (j + HALF)) & 1) << 4)) - 16);
        }
    }

    /** {@code d | m | 32 fifth bits | 16 bytes}: {@code d * code + m}. */
    static void q5WithMinimum(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at);
        float minimum = half(data, at + 2);
        int fifth = bits(data, at + 4);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + 8 + j);
            dst[to + j] = scale * ((pair & 15) | (((fifth >>> j) & 1) << 4)) + minimum;
            dst[to + j + HALF] = scale * ((pair >> 4) | (((fifth >>> (j + HALF)) & 1) << 4)) + minimum;
        }
    }

    /** {@code scale | minimum | 16 bytes}, both 32-bit floats: {@code scale * code + minimum}. */
    static void int4(MemorySegment data, long at, float[] dst, int to) {
        float scale = Float.intBitsToFloat(bits(data, at));
        float minimum = Float.intBitsToFloat(bits(data, at + 4));
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(data, at + 8 + j);
            dst[to + j] = scale * (pair & 15) + minimum;
            dst[to + j + HALF] = scale * (pair >> 4) + minimum;
        }
    }

    /** {@code scale | minimum | 32 unsigned bytes}, both 32-bit floats: {@code scale * code + minimum}. */
    static void int8(MemorySegment data, long at, float[] dst, int to) {
        float scale = Float.intBitsToFloat(bits(data, at));
        float minimum = Float.intBitsToFloat(bits(data, at + 4));
        for (int j = 0; j < 2 * HALF; j++) {
            dst[to + j] = scale * unsigned(data, at + 8 + j) + minimum;
        }
    }
}

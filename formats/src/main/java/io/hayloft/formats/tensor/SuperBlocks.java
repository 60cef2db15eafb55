package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.PlainBlocks.half;
import static io.hayloft.formats.tensor.PlainBlocks.signed;
import static io.hayloft.formats.tensor.PlainBlocks.unsigned;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 256 elements ("K-quants"): an f16 scale {@code d} for the whole, a small integer scale for each part of 16
 * or 32 elements, and in some types minima of the same form under a second f16 factor {@code dmin}.
 *
 * <p>Low bits of several elements share a byte: bytes {@code 0 ... 31} of a run hold elements {@code j}, {@code j + 32},
 * ... in ascending bit positions. High bits lie in an array of their own.
 */
final class SuperBlocks {
    private static final int SIZE = 256;

    private SuperBlocks() {}

    /** {@code 16 x (4-bit minimum, 4-bit scale) | 64 bytes of 2-bit codes | d | dmin}: parts of 16. */
    static void q2(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at + 80);
        float minimum = half(data, at + 82);
        for (int i = 0; i < SIZE; i++) {
            int packed = unsigned(data, at + i / 16);
            int code = twoBits(data, at + 16, i);
            dst[to + i] = scale * (packed & 15) * code - minimum * (packed >> 4);
        }
    }

    /** {@code 32 bytes of third bits | 64 bytes of 2-bit codes | 16 6-bit scales in 12 bytes | d}: parts of 16. */
    static void q3(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at + 108);
        for (int i = 0; i < SIZE; i++) {
            int third = (unsigned(data, at + i % 32) >> (i / 32)) & 1;
            int code = (twoBits(data, at + 32, i) | (third << 2)) - 4;
            dst[to + i] = scale * (sixBitScale(data, at + 96, i / 16) - 32) * code;
        }
    }

    /** {@code d | dmin | 8 6-bit scales and minima in 12 bytes | 128 bytes of 4-bit codes}: parts of 32. */
    static void q4(MemorySegment data, long at, float[] dst, int to) {
        for (int part = 0; part < 8; part++) {
            float scale = half(data, at) * scaleOf(data, at + 4, part);
            float minimum = half(data, at + 2) * minimumOf(data, at + 4, part);
            for (int j = 0; j < 32; j++) {
                dst[to + part * 32 + j] = scale * fourBits(data, at + 16, part, j) - minimum;
            }
        }
    }

    /** As {@link #q4} with 32 bytes of fifth bits before the codes: bit {@code p} of byte {@code j} is of part p. */
    static void q5(MemorySegment data, long at, float[] dst, int to) {
        for (int part = 0; part < 8; part++) {
            float scale = half(data, at) * scaleOf(data, at + 4, part);
            float minimum = half(data, at + 2) * minimumOf(data, at + 4, part);
            for (int j = 0; j < 32; j++) {
                int fifth = (unsigned(data, at + 16 + j) >> part) & 1;
                dst[to + part * 32 + j] = scale * (fourBits(data, at + 48, part, j) | (fifth << 4)) - minimum;
            }
        }
    }

    /** {@code 128 bytes of low 4 bits | 64 bytes of high 2 bits | 16 signed scales | d}: parts of 16. */
    static void q6(MemorySegment data, long at, float[] dst, int to) {
        float scale = half(data, at + 208);
        for (int i = 0; i < SIZE; i++) {
            int run = i / 32 % 4;
            int lowByte = i / 128 * 64 + run % 2 * 32 + i % 32;
            int low = (unsigned(data, at + lowByte) >> (run / 2 * 4)) & 15;
            int code = (low | (twoBits(data, at + 128, i) << 4)) - 32;
            dst[to + i] = scale * signed(data, at + 192 + i / 16) * code;
        }
    }

    /** Element {@code i} of 2-bit codes: each 32 bytes hold 128 elements. */
    private static int twoBits(MemorySegment data, long at, int i) {
        int index = i / 128 * 32 + i % 32;
        return (unsigned(data, at + index) >> (i / 32 % 4 * 2)) & 3;
    }

    /** Element {@code j} of a part of 32 in 4-bit codes: each 32 bytes hold two parts. */
    private static int fourBits(MemorySegment data, long at, int part, int j) {
        int index = part / 2 * 32 + j;
        return (unsigned(data, at + index) >> (part % 2 * 4)) & 15;
    }

    /** Scale {@code i} of 16: low 4 bits in bytes 0-7 (two rounds), high 2 bits in bytes 8-11 (four rounds). */
    private static int sixBitScale(MemorySegment data, long at, int i) {
        int low = (unsigned(data, at + i % 8) >> (i / 8 * 4)) & 15;
        int high = (unsigned(data, at + 8 + i % 4) >> (i / 4 * 2)) & 3;
        return low | (high << 4);
    }

    /** Scales 0-3 are the low 6 bits of bytes 0-3; scales 4-7 have low bits in bytes 8-11, high bits atop bytes 0-3. */
    private static int scaleOf(MemorySegment data, long at, int part) {
        return part < 4
                ? unsigned(data, at + part) & 63
                : (unsigned(data, at + part + 4) & 15) | ((unsigned(data, at + part - 4) >> 6) << 4);
    }

    /** Minima 0-3 are the low 6 bits of bytes 4-7; minima 4-7 the high halves of bytes 8-11 and atop bytes 4-7. */
    private static int minimumOf(MemorySegment data, long at, int part) {
        return part < 4
                ? unsigned(data, at + part + 4) & 63
                : (unsigned(data, at + part + 4) >> 4) | ((unsigned(data, at + part) >> 6) << 4);
    }
}

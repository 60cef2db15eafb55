package io.hayloft.kernels;

import static io.hayloft.kernels.SmallBlockReader.LOW_HALVES;
import static io.hayloft.kernels.SmallBlockReader.ONES;
import static io.hayloft.kernels.SmallBlockReader.eight;
import static io.hayloft.kernels.SmallBlockReader.half;
import static io.hayloft.kernels.SmallBlockReader.set;
import static io.hayloft.kernels.SmallBlockReader.unsigned;

/**
 * Takes apart the file's blocks of 256 elements: an f16 factor over small integer scales of parts of 16 or 32 elements,
 * in some types a second one over small integer minima, which are subtracted.
 */
final class SuperBlockReader {
    private static final int SIZE = 256;

    private SuperBlockReader() {}

    /** {@code 16 x (scale low, minimum high 4 bits) | 64 bytes of 2-bit codes | d | dmin}. */
    static void q2(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        float scale = half(data, at + 80);
        float minimum = half(data, at + 82);
        for (int part = 0; part < 16; part++) {
            int packed = unsigned(data, at + part);
            scales[part] = scale * (packed & 15);
            minima[part] = -(minimum * (packed >> 4));
        }
        for (int i = 0; i < SIZE; i += 8) {
            set(codes, i, twoBits(data, at + 16, i));
        }
    }

    /** {@code 32 bytes of third bits | 64 bytes of 2-bit codes | 16 6-bit scales in 12 bytes | d}. */
    static void q3(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        float scale = half(data, at + 108);
        for (int part = 0; part < 16; part++) {
            int low = bits(data, at + 96 + part % 8, part / 8 * 4, 4);
            int high = bits(data, at + 104 + part % 4, part / 4 * 2, 2);
            scales[part] = scale * ((low | high << 4) - 32);
        }
        for (int i = 0; i < SIZE; i += 8) {
            long third = (eight(data, at + i % 32) >>> (i / 32)) & ONES;
            set(codes, i, twoBits(data, at + 32, i) | (third << 2));
        }
    }

    /** {@code d | dmin | 8 6-bit scales and minima in 12 bytes | 128 bytes of 4-bit codes}. */
    static void q4(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scalesAndMinima(data, at, scales, minima);
        fourBits(data, at + 16, codes);
    }

    /** As {@link #q4}, with 32 bytes of fifth bits before the codes. */
    static void q5(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        scalesAndMinima(data, at, scales, minima);
        fourBits(data, at + 48, codes);
        for (int i = 0; i < SIZE; i += 8) {
            long fifth = (eight(data, at + 16 + i % 32) >>> (i / 32)) & ONES;
            set(codes, i, eight(codes, i) | (fifth << 4));
        }
    }

    /** {@code 128 bytes of low 4 bits | 64 bytes of high 2 bits | 16 signed scales | d}. */
    static void q6(byte[] data, int at, byte[] codes, float[] scales, float[] minima) {
        float scale = half(data, at + 208);
        for (int part = 0; part < 16; part++) {
            scales[part] = scale * data[at + 192 + part];
        }
        for (int i = 0; i < SIZE; i += 8) {
            int run = i / 32 % 4;
            int from = i / 128 * 64 + run % 2 * 32 + i % 32;
            long low = (eight(data, at + from) >>> (run / 2 * 4)) & LOW_HALVES;
            set(codes, i, low | (twoBits(data, at + 128, i) << 4));
        }
    }

    /** Some bits of the byte at an offset. */
    private static int bits(byte[] data, int at, int shift, int count) {
        return (unsigned(data, at) >> shift) & ((1 << count) - 1);
    }

    /** Elements i ... i + 7 of 2-bit codes, a byte each: each 32 bytes hold 128 elements. */
    private static long twoBits(byte[] data, int at, int i) {
        int from = i / 128 * 32 + i % 32;
        return (eight(data, at + from) >>> (i / 32 % 4 * 2)) & (3 * ONES);
    }

    /** Each 32 bytes hold two parts of 32 elements, the first in the low halves. */
    private static void fourBits(byte[] data, int at, byte[] codes) {
        for (int i = 0; i < SIZE; i += 8) {
            int from = i / 64 * 32 + i % 32;
            set(codes, i, (eight(data, at + from) >>> (i / 32 % 2 * 4)) & LOW_HALVES);
        }
    }

    /**
     * Parts 0-3: the low 6 bits of bytes 0-3 are scales, of bytes 4-7 minima. Parts 4-7: low and high halves of bytes
     * 8-11, with two more bits atop bytes 0-3 and 4-7.
     */
    private static void scalesAndMinima(byte[] data, int at, float[] scales, float[] minima) {
        float scale = half(data, at);
        float minimum = half(data, at + 2);
        for (int part = 0; part < 4; part++) {
            int first = unsigned(data, at + 4 + part);
            int second = unsigned(data, at + 8 + part);
            int both = unsigned(data, at + 12 + part);
            scales[part] = scale * (first & 63);
            minima[part] = -(minimum * (second & 63));
            scales[part + 4] = scale * ((both & 15) | (first >> 6 << 4));
            minima[part + 4] = -(minimum * ((both >> 4) | (second >> 6 << 4)));
        }
    }
}

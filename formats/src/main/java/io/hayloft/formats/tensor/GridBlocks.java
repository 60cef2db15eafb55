package io.hayloft.formats.tensor;

import static io.hayloft.formats.tensor.ScaledValues.bits;
import static io.hayloft.formats.tensor.ScaledValues.half;
import static io.hayloft.formats.tensor.ScaledValues.unsigned;
import static io.hayloft.formats.tensor.ScaledValues.unsigned16;

/**
 * Blocks of 256 elements in groups of 4 or 8, each an entry of a {@link Codebook}, with an f16 scale {@code d} for the block
 * and a scale of 3 or 4 bits for each part.
 *
 * <p>Entries of types with 2 and 3 bits are magnitudes; signs of 8 elements are a byte, or seven bits whose parity is the
 * eighth. Entries of types with 1 bit are -1, 0 and 1, each moved up or down by an eighth: their values here are eight
 * times that, their scales an eighth.
 */
final class GridBlocks {
    private static final int GROUPS = 32;

    private GridBlocks() {}

    /** {@code d | 8 x (4 indices, 4 x 7 bits of signs and a scale in 4 bytes)}: parts of 32. */
    static void iq2xxs(byte[] data, int at, byte[] values, float[] scales) {
        float scale = half(data, at);
        for (int part = 0; part < scales.length; part++) {
            int from = at + 2 + 8 * part;
            int signs = bits(data, from + 4);
            scales[part] = scale * (0.5f + (signs >>> 28)) * 0.25f;
            for (int group = 0; group < 4; group++) {
                int to = 32 * part + 8 * group;
                Codebook.IQ2_XXS.copy(unsigned(data, from + group), values, to);
                applySigns(withParity(signs >>> (7 * group)), values, to);
            }
        }
    }

    /** {@code d | 32 x (9 bits of index, 7 of signs) | 16 4-bit scales}: parts of 16. */
    static void iq2xs(byte[] data, int at, byte[] values, float[] scales) {
        quarterScales(data, at, at + 66, scales);
        for (int group = 0; group < GROUPS; group++) {
            int packed = unsigned16(data, at + 2 + 2 * group);
            Codebook.IQ2_XS.copy(packed & 511, values, 8 * group);
            applySigns(withParity(packed >> 9), values, 8 * group);
        }
    }

    /** {@code d | 32 low index bytes | 32 sign bytes | 32 x 2 high index bits | 16 4-bit scales}: parts of 16. */
    static void iq2s(byte[] data, int at, byte[] values, float[] scales) {
        quarterScales(data, at, at + 74, scales);
        for (int group = 0; group < GROUPS; group++) {
            int high = (unsigned(data, at + 66 + group / 4) >> (group % 4 * 2)) & 3;
            Codebook.IQ2_S.copy(unsigned(data, at + 2 + group) | (high << 8), values, 8 * group);
            applySigns(unsigned(data, at + 34 + group), values, 8 * group);
        }
    }

    /** {@code d | 64 indices | 8 x (4 x 7 bits of signs and a scale in 4 bytes)}: parts of 32. */
    static void iq3xxs(byte[] data, int at, byte[] values, float[] scales) {
        float scale = half(data, at);
        for (int part = 0; part < scales.length; part++) {
            int signs = bits(data, at + 66 + 4 * part);
            scales[part] = scale * (0.5f + (signs >>> 28)) * 0.5f;
            for (int group = 0; group < 4; group++) {
                int to = 32 * part + 8 * group;
                Codebook.IQ3_XXS.copy(unsigned(data, at + 2 + to / 4), values, to);
                Codebook.IQ3_XXS.copy(unsigned(data, at + 3 + to / 4), values, to + 4);
                applySigns(withParity(signs >>> (7 * group)), values, to);
            }
        }
    }

    /** {@code d | 64 low index bytes | 64 ninth index bits | 32 sign bytes | 8 4-bit scales}: parts of 32. */
    static void iq3s(byte[] data, int at, byte[] values, float[] scales) {
        float scale = half(data, at);
        for (int part = 0; part < scales.length; part++) {
            scales[part] = scale * (1 + 2 * fourBits(data, at + 106, part));
        }
        for (int entry = 0; entry < 2 * GROUPS; entry++) {
            int ninth = (unsigned(data, at + 66 + entry / 8) >> (entry % 8)) & 1;
            Codebook.IQ3_S.copy(unsigned(data, at + 2 + entry) | (ninth << 8), values, 4 * entry);
        }
        for (int group = 0; group < GROUPS; group++) {
            applySigns(unsigned(data, at + 74 + group), values, 8 * group);
        }
    }

    /**
     * {@code d | 32 low index bytes | 8 x (4 x 3 high index bits, 3-bit scale, direction)}: parts of 32; an element is {@code
     * d * (2 * scale + 1) * (entry +- 1/8)}.
     */
    static void iq1s(byte[] data, int at, byte[] values, float[] scales) {
        float scale = half(data, at) / 8;
        for (int part = 0; part < scales.length; part++) {
            int packed = unsigned16(data, at + 34 + 2 * part);
            scales[part] = scale * (2 * ((packed >> 12) & 7) + 1);
            for (int group = 0; group < 4; group++) {
                int low = unsigned(data, at + 2 + 4 * part + group);
                int high = (packed >> (3 * group)) & 7;
                move(low | (high << 8), (packed & 0x8000) != 0, values, 32 * part + 8 * group);
            }
        }
    }

    /**
     * {@code 32 low index bytes | 32 x (3 high index bits, direction) | 16 3-bit scales in four 16-bit words, whose high four
     * bits are d}: parts of 16 as in {@link #iq1s}.
     */
    static void iq1m(byte[] data, int at, byte[] values, float[] scales) {
        int half = 0;
        for (int word = 0; word < 4; word++) {
            half |= (unsigned(data, at + 49 + 2 * word) >> 4) << (4 * word);
        }
        float scale = Float.float16ToFloat((short) half) / 8;
        for (int part = 0; part < scales.length; part++) {
            int three = (unsigned16(data, at + 48 + part / 4 * 2) >> (part % 4 * 3)) & 7;
            scales[part] = scale * (2 * three + 1);
        }
        for (int group = 0; group < GROUPS; group++) {
            int packed = fourBits(data, at + 32, group);
            move(unsigned(data, at + group) | ((packed & 7) << 8), (packed & 8) != 0, values, 8 * group);
        }
    }

    /** 16 scales {@code d * (0.5 + 4 bits) / 4}. */
    private static void quarterScales(byte[] data, int at, int bitsAt, float[] scales) {
        float scale = half(data, at);
        for (int part = 0; part < scales.length; part++) {
            scales[part] = scale * (0.5f + fourBits(data, bitsAt, part)) * 0.25f;
        }
    }

    private static int fourBits(byte[] data, int at, int i) {
        return (unsigned(data, at + i / 2) >> (i % 2 * 4)) & 15;
    }

    /** The lowest seven bits, and an eighth that makes the number of ones even. */
    private static int withParity(int bits) {
        int seven = bits & 127;
        return seven | ((Integer.bitCount(seven) & 1) << 7);
    }

    private static void applySigns(int signs, byte[] values, int at) {
        for (int i = 0; i < 8; i++) {
            if ((signs >> i & 1) != 0) {
                values[at + i] = (byte) -values[at + i];
            }
        }
    }

    /** Eight times the entry, less or more one. */
    private static void move(int index, boolean down, byte[] values, int at) {
        Codebook.IQ1.copy(index, values, at);
        for (int i = at; i < at + 8; i++) {
            values[i] = (byte) (8 * values[i] + (down ? -1 : 1));
        }
    }
}

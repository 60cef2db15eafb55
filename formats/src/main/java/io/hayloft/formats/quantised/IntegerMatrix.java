package io.hayloft.formats.quantised;

/**
 * A matrix of unsigned whole numbers with a scale and a zero point for each row and group of columns: a weight is {@code
 * scale * (number - zero)}. Calls of several threads do not disturb each other.
 */
interface IntegerMatrix {
    /** Columns with one scale that follow each other; groups ascend. Not used where there are {@link #groups()}. */
    int group();

    /** The group of each column where groups are of columns that do not follow each other, else none. */
    default int[] groups() {
        return new int[0];
    }

    /** Whether 32-bit floats hold products of a scale with a number or a zero point exactly. */
    boolean exact();

    /** Writes the numbers of a row. */
    void numbers(int row, int[] dst);

    /** The scale of a group of a row. */
    float scale(int row, int group);

    /** The zero point of a group of a row. */
    int zero(int row, int group);

    /**
     * Writes a row's numbers of some bits, which lie one after another in words of 32 bits from the lowest bit on.
     *
     * @param words first word, then every {@code step}-th
     */
    static void unpack(RawTensor words, long first, long step, int bits, int[] dst) {
        int mask = (1 << bits) - 1;
        long window = 0;
        int have = 0;
        for (int k = 0; k < dst.length; k++) {
            if (have < bits) {
                window |= (words.word(first) & 0xFFFF_FFFFL) << have;
                first += step;
                have += Integer.SIZE;
            }
            dst[k] = (int) window & mask;
            window >>>= bits;
            have -= bits;
        }
    }

    /** One such number. */
    static int unpack(RawTensor words, long first, long step, int bits, int place) {
        long bit = (long) place * bits;
        long at = first + (bit >> 5) * step;
        int shift = (int) (bit & 31);
        long window = words.word(at) & 0xFFFF_FFFFL;
        if (shift + bits > Integer.SIZE) {
            window |= (words.word(at + step) & 0xFFFF_FFFFL) << Integer.SIZE;
        }
        return (int) (window >>> shift) & ((1 << bits) - 1);
    }
}

package io.hayloft.formats.quantised;

import org.jspecify.annotations.Nullable;

/**
 * A matrix of AWQ in the order of its matrix product: numbers of 4 bits {@code [columns][rows / 8]} and zero points {@code
 * [groups][rows / 8]} in words along the rows, scales {@code [groups][rows]}. A word holds rows 0, 2, 4, 6, 1, 3, 5 and 7 of
 * eight, from the lowest bits on.
 *
 * @param zeros null for the middle of the numbers
 */
record AwqMatrix(RawTensor weight, @Nullable RawTensor zeros, RawTensor scales, int rows, int group)
        implements IntegerMatrix {
    /** Number of shifted bits for each row of eight. */
    private static final int[] SHIFTS = {0, 16, 4, 20, 8, 24, 12, 28};

    @Override
    public boolean exact() {
        return scales.isShortFloat();
    }

    @Override
    public void numbers(int row, int[] dst) {
        long step = rows / 8;
        long at = row / 8;
        int shift = SHIFTS[row % 8];
        for (int k = 0; k < dst.length; k++, at += step) {
            dst[k] = (weight.word(at) >>> shift) & 15;
        }
    }

    @Override
    public float scale(int row, int group) {
        return scales.number((long) group * rows + row);
    }

    @Override
    public int zero(int row, int group) {
        return zeros == null ? 8 : (zeros.word((long) group * (rows / 8) + row / 8) >>> SHIFTS[row % 8]) & 15;
    }
}

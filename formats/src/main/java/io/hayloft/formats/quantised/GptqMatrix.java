package io.hayloft.formats.quantised;

import org.jspecify.annotations.Nullable;

/**
 * A matrix of GPTQ: numbers {@code [columns * bits / 32][rows]} in words along the columns, zero points {@code
 * [groups][rows * bits / 32]} in words along the rows, scales {@code [groups][rows]}, and the group of each column where
 * columns were quantised in the order of their activations.
 *
 * @param zeros null for the middle of the numbers
 * @param moved what was taken from zero points when they were stored
 * @param groups group of each column, or none
 */
record GptqMatrix(
        RawTensor weight,
        @Nullable RawTensor zeros,
        RawTensor scales,
        int bits,
        int rows,
        int moved,
        int group,
        int[] groups)
        implements IntegerMatrix {

    @Override
    public boolean exact() {
        return scales.isShortFloat();
    }

    @Override
    public void numbers(int row, int[] dst) {
        IntegerMatrix.unpack(weight, row, rows, bits, dst);
    }

    @Override
    public float scale(int row, int group) {
        return scales.number((long) group * rows + row);
    }

    /** Less one, 0 was stored as all bits. */
    @Override
    public int zero(int row, int group) {
        if (zeros == null) {
            return 1 << (bits - 1);
        }
        int stored = IntegerMatrix.unpack(zeros, group * zeros.size(1), 1, bits, row);
        return (stored + moved) & ((1 << bits) - 1);
    }
}

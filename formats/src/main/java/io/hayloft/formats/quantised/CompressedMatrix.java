package io.hayloft.formats.quantised;

import org.jspecify.annotations.Nullable;

/**
 * A matrix of whole numbers of compressed-tensors: bytes {@code [rows][columns]}, or numbers packed in words of 32 bits along
 * the columns, moved up to be unsigned. Zero points {@code [rows][groups]} are bytes, or packed along the rows.
 *
 * @param zeros null for 0
 * @param groups group of each column, or none
 */
record CompressedMatrix(RawTensor weight, @Nullable RawTensor zeros, ScaleTable scales, int bits, int[] groups)
        implements IntegerMatrix {
    @Override
    public int group() {
        return scales.blockColumns();
    }

    @Override
    public boolean exact() {
        return scales.values().isShortFloat();
    }

    /** The amount by which an unsigned value is above the signed one. */
    private int middle() {
        return 1 << (bits - 1);
    }

    @Override
    public void numbers(int row, int[] dst) {
        if (weight.dtype().equals("I8")) {
            for (int k = 0; k < dst.length; k++) {
                dst[k] = weight.octet((long) row * dst.length + k) + middle();
            }
        } else {
            IntegerMatrix.unpack(weight, row * weight.size(1), 1, bits, dst);
        }
    }

    @Override
    public float scale(int row, int group) {
        return scales.get(row, group);
    }

    @Override
    public int zero(int row, int group) {
        if (zeros == null) {
            return middle();
        }
        int block = row / scales.blockRows();
        if (zeros.dtype().equals("I8")) {
            return zeros.octet((long) block * scales.perRow() + group) + middle();
        }
        return IntegerMatrix.unpack(zeros, group, scales.perRow(), bits, block);
    }
}

package io.hayloft.formats.quantised;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of floats of 4 bits from two tensors: a byte holds two neighbours, the first in its low bits, where {@link
 * TensorType#MXFP4} has them half a block apart, and the exponents of blocks are in the other tensor.
 *
 * @param blocks of a row
 */
record Mxfp4Rows(RawTensor weight, RawTensor scales, int blocks) implements Tensor.RowSource {
    /** Ends of the names of both. */
    static final String BLOCKS = "_blocks";

    static final String SCALES = "_scales";

    /** Bytes of a block, without its exponent. */
    static final int BLOCK_BYTES = 16;

    Tensor tensor() {
        var shape = weight.shape();
        var own = new long[shape.length - 1];
        System.arraycopy(shape, 0, own, 0, own.length - 1);
        own[own.length - 1] = (long) blocks * 2 * BLOCK_BYTES;
        return Tensor.computed(weight.name(), TensorType.MXFP4, own, this);
    }

    @Override
    public void read(long row, byte[] dst) {
        var pairs = new byte[BLOCK_BYTES];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            long number = row * blocks + block;
            dst[at++] = scales.octet(number);
            MemorySegment.copy(weight.data(), ValueLayout.JAVA_BYTE, number * BLOCK_BYTES, pairs, 0, BLOCK_BYTES);
            for (int j = 0; j < BLOCK_BYTES; j++) { // elements j and j + 16
                dst[at++] = (byte) (bits(pairs, j) | bits(pairs, j + BLOCK_BYTES) << 4);
            }
        }
    }

    private static int bits(byte[] pairs, int element) {
        return pairs[element / 2] >> (element % 2 * 4) & 15;
    }
}

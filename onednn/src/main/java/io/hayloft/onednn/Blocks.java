package io.hayloft.onednn;

/**
 * A division of inputs into blocks of nearly the same size: multiples of 64, but for the last one, which has the rest.
 *
 * @param inputs all of them
 * @param count of blocks
 */
record Blocks(int inputs, int count) {
    /** Inputs that the library handles together. */
    private static final int STEP = 64;

    /** As few blocks as there can be with a size of at most {@code most}, a multiple of 64. */
    static Blocks of(int inputs, int most) {
        return new Blocks(inputs, Math.ceilDiv(inputs, most));
    }

    /** First input of a block. */
    int first(int block) {
        return Math.ceilDiv(block * (inputs / STEP), count) * STEP;
    }

    /** Inputs of a block. */
    int size(int block) {
        return (block == count - 1 ? inputs : first(block + 1)) - first(block);
    }
}

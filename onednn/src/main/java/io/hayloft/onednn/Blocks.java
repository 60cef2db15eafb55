package io.hayloft.onednn;

/**
 * A division of inputs into blocks of the same size; the last may be smaller.
 *
 * @param inputs all of them
 * @param size inputs of a block
 */
record Blocks(int inputs, int size) {
    /** Sizes are multiples of this many inputs, which the library handles together. */
    private static final int STEP = 64;

    /** As few blocks as there can be with a size of at most {@code most}, a multiple of 64. */
    static Blocks of(int inputs, int most) {
        int count = (inputs + most - 1) / most;
        int size = (inputs + count - 1) / count;
        return new Blocks(inputs, count == 1 ? inputs : (size + STEP - 1) / STEP * STEP);
    }

    int count() {
        return (inputs + size - 1) / size;
    }

    /** First input of a block. */
    int first(int block) {
        return block * size;
    }

    /** Inputs of a block. */
    int size(int block) {
        return Math.min(size, inputs - block * size);
    }
}

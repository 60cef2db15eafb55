package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;

/**
 * The order in which some converters to GGUF store the rotating rows of a query or key head: pair by pair, rows
 * {@code 2i} and {@code 2i + 1} turning together, where the model has {@code i} and {@code i + rotaryDims / 2}.
 */
record RowPermutation(int headDim, int rotaryDims) {
    /** The order for the heads of a layer; for all channels of a head if the layer does not rotate. */
    static RowPermutation of(AttentionConfig attention) {
        var rope = attention.rope();
        return new RowPermutation(attention.headDim(), rope == null ? attention.headDim() : rope.rotaryDims());
    }

    /** For each row as the model has it, the row of the file, over all heads. */
    int[] order(int heads) {
        var order = new int[heads * headDim];
        int half = rotaryDims / 2;
        for (int row = 0; row < order.length; row++) {
            int channel = row % headDim;
            int stored = channel < half ? 2 * channel : channel < rotaryDims ? 2 * (channel - half) + 1 : channel;
            order[row] = row - channel + stored;
        }
        return order;
    }
}

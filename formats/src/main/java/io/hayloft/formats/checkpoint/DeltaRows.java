package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DeltaConfig;

/**
 * Where the rows of the projections of a gated delta rule lie in a file, which has them key head by key head: for each row
 * as the model has it, the row of the tensor.
 */
final class DeltaRows {
    private DeltaRows() {}

    /** Queries, keys, values, gates; a key head of the file has its own query and key, then the values, then the gates. */
    static int[] ofProjection(DeltaConfig delta) {
        int ofHead = delta.valueWidth() / delta.keyHeads(); // channels of the values of a key head
        int size = 2 * delta.keyDim() + 2 * ofHead;
        var rows = new int[delta.projectionWidth()];
        int keys = delta.keyWidth();
        int values = 2 * keys;
        int gates = values + delta.valueWidth();
        for (int i = 0; i < keys; i++) {
            int at = i / delta.keyDim() * size + i % delta.keyDim();
            rows[i] = at;
            rows[keys + i] = at + delta.keyDim();
        }
        for (int i = 0; i < delta.valueWidth(); i++) {
            int at = i / ofHead * size + 2 * delta.keyDim() + i % ofHead;
            rows[values + i] = at;
            rows[gates + i] = at + ofHead;
        }
        return rows;
    }

    /** What is taken of a value, then the step sizes; a key head of the file has both of its value heads. */
    static int[] ofRates(DeltaConfig delta) {
        int group = delta.heads() / delta.keyHeads();
        var rows = new int[2 * delta.heads()];
        for (int head = 0; head < delta.heads(); head++) {
            rows[head] = head / group * 2 * group + head % group;
            rows[delta.heads() + head] = rows[head] + group;
        }
        return rows;
    }
}

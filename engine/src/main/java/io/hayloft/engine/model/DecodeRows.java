package io.hayloft.engine.model;

import io.hayloft.kv.cache.SequenceCache;

/**
 * The rows of one decode step: row i is the next token of sequence i, at the next position of that sequence's cache.
 *
 * @param tokens next token of each sequence [rows]
 * @param caches cache of each sequence [rows]; the step appends to them
 * @param promptLengths length of the prompt that each sequence began with [rows]; some rotary scalings go by it
 */
public record DecodeRows(int[] tokens, SequenceCache[] caches, int[] promptLengths) {
    /** Checks that there is one of each for every row. */
    public DecodeRows {
        if (tokens.length != caches.length || promptLengths.length != caches.length) {
            throw new IllegalArgumentException(tokens.length + " tokens and " + promptLengths.length
                    + " prompt lengths for " + caches.length + " sequences");
        }
    }

    /** Rows of sequences that count as prompt only: the prompt lengths are the caches' next positions. */
    public static DecodeRows of(int[] tokens, SequenceCache... caches) {
        var lengths = new int[caches.length];
        for (int row = 0; row < lengths.length; row++) {
            lengths[row] = caches[row].nextPosition();
        }
        return new DecodeRows(tokens, caches, lengths);
    }

    /** Number of rows. */
    public int rows() {
        return caches.length;
    }
}

package io.hayloft.engine.model;

import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;

/**
 * The rows of one decode step: row i is the next token of sequence i, at the next position of that sequence's cache. Where
 * the tokens are known beforehand, a sequence can have several rows in a step, see {@link #together}.
 *
 * @param tokens next token of each row [rows]
 * @param caches cache of each row's sequence [rows]; the step appends to them
 * @param promptLengths length of the prompt that each sequence began with [rows]; some rotary scalings go by it
 * @param perSequence rows of each sequence, one behind the other; 0 in a step that reads one token of each
 */
public record DecodeRows(int[] tokens, SequenceCache[] caches, int[] promptLengths, int perSequence) {
    /** Checks that there is one of each for every row. */
    public DecodeRows {
        if (tokens.length != caches.length || promptLengths.length != caches.length) {
            throw new IllegalArgumentException(tokens.length + " tokens and " + promptLengths.length
                    + " prompt lengths for " + caches.length + " sequences");
        }
        if (perSequence < 0 || (perSequence > 0 && caches.length % perSequence != 0)) {
            throw new IllegalArgumentException(caches.length + " rows, " + perSequence + " a sequence");
        }
    }

    /** Takes logits behind known tokens. */
    @FunctionalInterface
    public interface LogitRows {
        /**
         * Some of the tokens' logits, of all sequences.
         *
         * @param first number of the first of these tokens, from 0
         * @param logits [sequences][count][vocabulary], valid during the call
         */
        void accept(int first, int count, float[] logits);
    }

    /** One row of each sequence. */
    public DecodeRows(int[] tokens, SequenceCache[] caches, int[] promptLengths) {
        this(tokens, caches, promptLengths, 0);
    }

    /** Rows of sequences that count as prompt only: the prompt lengths are the caches' next positions. */
    public static DecodeRows of(int[] tokens, SequenceCache... caches) {
        var lengths = new int[caches.length];
        for (int row = 0; row < lengths.length; row++) {
            lengths[row] = caches[row].nextPosition();
        }
        return new DecodeRows(tokens, caches, lengths);
    }

    /**
     * The same known tokens for every sequence: each cache goes through the states of reading them one by one, and logits have
     * the bits that they have then.
     *
     * @param tokens of every sequence, at least one
     * @param caches at most one for each sequence
     * @param promptLength of all sequences
     */
    public static DecodeRows together(int[] tokens, SequenceCache[] caches, int promptLength) {
        int count = tokens.length;
        var rows = new SequenceCache[Math.multiplyExact(count, caches.length)];
        var all = new int[rows.length];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = caches[row / count];
            all[row] = tokens[row % count];
        }
        var lengths = new int[rows.length];
        Arrays.fill(lengths, promptLength);
        return new DecodeRows(all, rows, lengths, count);
    }

    /** Number of rows. */
    public int rows() {
        return caches.length;
    }

    /** Whether sequences read tokens together, as {@link #together} says. */
    boolean several() {
        return perSequence > 0;
    }

    /** Rows before a row that belong to the same sequence. */
    int ahead(int row) {
        return perSequence == 0 ? 0 : row % perSequence;
    }
}

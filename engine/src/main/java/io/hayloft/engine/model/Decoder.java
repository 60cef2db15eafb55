package io.hayloft.engine.model;

import io.hayloft.engine.cache.SequenceCache;

/**
 * The transformer: embedding, layers, output. Keeps no sequence; all state lives in the {@link SequenceCache}.
 *
 * <p>One thread at a time may call it, since it owns the scratch memory of its activations.
 */
public final class Decoder {
    Decoder() {}

    /**
     * Reads tokens {@code from .. to-1} of one sequence, chunk by chunk, and appends them to its cache.
     *
     * @param tokens ids of the sequence; row i has position i
     */
    public void prefill(int[] tokens, int from, int to, SequenceCache cache, PrefillOptions options) {
        throw new UnsupportedOperationException();
    }

    /**
     * One step of a lockstep batch: row i is the next token of sequence i, at that cache's next position.
     *
     * @param tokens next token of each sequence [rows]
     * @param caches cache of each sequence [rows], appended to
     * @param logits receives [rows][vocabulary]
     */
    public void step(int[] tokens, SequenceCache[] caches, float[] logits) {
        throw new UnsupportedOperationException();
    }
}

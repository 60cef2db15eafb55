package io.hayloft.kv.cache;

/**
 * The state of one layer for one sequence: the keys and values of an attention layer, or the constant state of a
 * recurrent one. It belongs to a {@link SequenceCache}, which closes it.
 */
public sealed interface LayerState extends AutoCloseable permits LayerCache, RecurrentState {
    /** A copy that changes independently of this one; the caller closes it. */
    LayerState fork();

    /** Bytes that the layer keeps for the sequence. */
    long bytes();

    /**
     * Called when a chunk of a prompt, or a decode step, has gone through all layers.
     *
     * @param nextPosition position of the token that comes next
     */
    void advance(int nextPosition);

    @Override
    void close();
}

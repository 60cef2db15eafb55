package io.hayloft.engine.cache;

import org.jspecify.annotations.Nullable;

/** What one sequence keeps of the tokens it has seen, in all layers. Whoever makes it closes it. */
public final class SequenceCache implements AutoCloseable {
    /**
     * An empty cache.
     *
     * @param reserveTokens tokens for which memory is taken in one piece at the first append; later ones grow it block by
     *     block
     */
    public SequenceCache(CacheShape shape, KvCodec codec, int reserveTokens) {
        throw new UnsupportedOperationException();
    }

    /**
     * An empty cache.
     *
     * @param keepAll whether sliding layers keep tokens outside their window, for tests that compare all of them
     */
    public SequenceCache(CacheShape shape, KvCodec codec, int reserveTokens, boolean keepAll) {
        throw new UnsupportedOperationException();
    }

    public CacheShape shape() {
        throw new UnsupportedOperationException();
    }

    public KvCodec codec() {
        throw new UnsupportedOperationException();
    }

    public LayerCache layer(int layer) {
        throw new UnsupportedOperationException();
    }

    /** Position of the next token: how many were seen, not how many are kept. */
    public int nextPosition() {
        throw new UnsupportedOperationException();
    }

    /** Counts tokens as seen, when all layers have appended them; sliding layers let go of what no later query sees. */
    public void advance(int tokens) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of keys, values, scales and minima that are allocated, unused rest of blocks included. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** What happens to this cache after each decode step; null for nothing. */
    public @Nullable CachePolicy policy() {
        throw new UnsupportedOperationException();
    }

    /** A deep copy; its policy is a fork of this one's. */
    public SequenceCache fork() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}

package io.hayloft.engine.generation;

import io.hayloft.kv.cache.SequenceCache;

/** Hears a generation as it goes, on the thread that runs it. Sequences have the numbers of their methods. */
public interface GenerationListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** So many of the prompt's tokens have been read. */
    default void prefilled(int tokens, int of) {}

    /** The cache of a sequence has been built; a decode step reads so many bytes of it. */
    default void built(int sequence, long cacheBytes) {}

    /**
     * The cache of a sequence was measured for its completion's {@link CacheBytes}: when it was built and, if the method
     * shrinks it in its first steps, once more after these. The cache may be looked at during the call only.
     */
    default void measured(int sequence, SequenceCache cache) {}

    /** A sequence chose a token; the text is what became complete with it, often a word, sometimes nothing. */
    default void token(int sequence, int id, String text) {}

    /** More text of the thoughts before a sequence's answer is complete. */
    default void thought(int sequence, String text) {}

    /** A sequence has ended. */
    default void finished(int sequence, Completion completion) {}
}

package io.hayloft.engine.generation;

/** Hears a generation as it goes, on the thread that runs it. Variants are numbered as the recipes were given. */
public interface GenerationListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** So many of the prompt's tokens have been read. */
    default void prefilled(int tokens, int of) {}

    /** A variant's cache stands. */
    default void built(int variant, long cacheBytes) {}

    /** A variant chose a token; the text is what became complete with it, often a whole word, sometimes nothing. */
    default void token(int variant, int id, String text) {}

    /** A variant has ended. */
    default void finished(int variant, Completion completion) {}
}

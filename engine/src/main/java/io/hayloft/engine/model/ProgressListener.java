package io.hayloft.engine.model;

/** Hears how far a long piece of work has come. Called on the thread that does the work, so it should return at once. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (what, done, total) -> {};

    /**
     * So much is done.
     *
     * @param what the work, in a word or two: {@code "load"}, {@code "prefill"}
     * @param done finished units (layers when loading, tokens in prefill)
     * @param total all units
     */
    void progress(String what, int done, int total);
}

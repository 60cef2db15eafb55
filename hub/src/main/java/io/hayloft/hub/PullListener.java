package io.hayloft.hub;

/** Hears how the fetching of a model goes on. Called from one thread at a time. */
public interface PullListener {
    /** Something new begins, told in a few words: a source is tried, a checksum is being compared. */
    void step(String text);

    /** So many bytes of the current file are here. Resuming starts above 0, a new attempt may fall back. */
    void progress(long bytes, long total);

    /** Hears nothing. */
    PullListener SILENT = new PullListener() {
        @Override
        public void step(String text) {}

        @Override
        public void progress(long bytes, long total) {}
    };
}

package io.hayloft.bench.run;

/** Told how a run goes on; called from the thread that runs it. */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /** One line that the user should read, such as a torn record that was dropped. */
    default void note(String line) {}

    /** Before the first sample; {@code progress} holds what an earlier start finished. */
    default void started(Progress progress) {}

    /** After a sample is scored and on disk. */
    default void sampleDone(Progress progress) {}
}

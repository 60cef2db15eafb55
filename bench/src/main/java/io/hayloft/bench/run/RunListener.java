package io.hayloft.bench.run;

import io.hayloft.bench.plan.Progress;

/** Hears how a run goes on; called from the thread that runs it. */
public interface RunListener {
    /** Hears nothing. */
    RunListener NONE = new RunListener() {};

    /** One line that the user should read, such as a torn record that was dropped, or a sample that failed. */
    default void note(String line) {}

    /** Before the first sample; {@code progress} holds what an earlier start finished. */
    default void started(Progress progress) {}

    /** After a sample is scored, or has failed, and is on disk. */
    default void sampleDone(Progress progress) {}
}

package io.hayloft.bench.tune;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Hears how tuning goes on; called from the thread that tunes. */
public interface TuneListener {
    /** Hears nothing. */
    TuneListener NONE = new TuneListener() {};

    /** One line that the user should read. */
    default void note(String line) {}

    /** Hears what is being done now, in a few words. */
    default void step(String words) {}

    /**
     * After a sample.
     *
     * @param done samples so far
     * @param most samples if the search does not end early
     * @param remaining time until then; null if it is not known
     */
    default void sample(int done, int most, @Nullable Duration remaining) {}
}

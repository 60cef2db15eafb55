package io.hayloft.bench.speed;

/** Hears how a measurement goes on, between repetitions. */
public interface SpeedListener {
    /** Hears nothing. */
    SpeedListener NONE = new SpeedListener() {};

    /** A test is being prepared: its cache is filled. */
    default void preparing(SpeedCase test) {}

    /** An untimed repetition is done. */
    default void warmedUp(SpeedCase test, double seconds) {}

    /** So many of the timed repetitions are done. */
    default void repeated(SpeedCase test, int done, int of) {}
}

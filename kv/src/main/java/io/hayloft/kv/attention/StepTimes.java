package io.hayloft.kv.attention;

/** Takes the wall time that a decode step spends on each of its sequences alone: attention, upkeep of the cache, policy. */
@FunctionalInterface
public interface StepTimes {
    /** Takes no times. */
    StepTimes NONE = (row, nanos) -> {};

    /** Adds nanoseconds to the account of a row. */
    void add(int row, long nanos);
}

package io.hayloft.bench.record;

import java.util.Objects;

/**
 * A sample that a method could not answer: a line of {@code records.jsonl} with an {@code error} and no score. It counts as
 * done until a start of the run asks to try failed samples again.
 *
 * @param subject which method failed on which sample
 * @param key computed as for a {@link BenchRecord}, of the prompt before a method shortens it; empty if the sample could not be
 *     made or encoded
 * @param machine name of the machine in {@code run.json}
 * @param error what went wrong, one line
 */
public record FailedRecord(BenchRecord.Subject subject, String key, String machine, String error) implements RunLine {
    /** Refuses missing texts. */
    public FailedRecord {
        Objects.requireNonNull(key, "a text field is missing");
        Objects.requireNonNull(machine, "a text field is missing");
        Objects.requireNonNull(error, "a text field is missing");
    }
}

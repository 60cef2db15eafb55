package io.hayloft.bench.record;

import java.util.Objects;

/**
 * A sample that a method could not answer: a line of {@code records.jsonl} with an {@code error} and no score. It counts as
 * done until somebody asks to try it again.
 *
 * @param subject which method failed on which sample
 * @param key as of a record; where the prompt could not be encoded, without its tokens
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

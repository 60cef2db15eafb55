package io.hayloft.bench.record;

/** A line of {@code records.jsonl}: a method answered a sample, or failed to. */
public sealed interface RunLine permits BenchRecord, FailedRecord {
    /** The method and the sample. */
    BenchRecord.Subject subject();

    /** Hash of everything that decides the output. */
    String key();
}

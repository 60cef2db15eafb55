package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.charset.StandardCharsets;

/** A line of {@code records.jsonl}: a method answered a sample, or failed to. */
public sealed interface RunLine permits BenchRecord, FailedRecord {
    /** The method and the sample. */
    BenchRecord.Subject subject();

    /** Hash of everything that decides the output. */
    String key();

    /** The line as it is in the file, line feed included. */
    default String json() {
        return new String(RecordLines.encode(this), StandardCharsets.UTF_8);
    }

    /**
     * Reads a line.
     *
     * @throws UserError if it is none
     */
    static RunLine parse(String json) {
        return RecordLines.parse(json);
    }
}

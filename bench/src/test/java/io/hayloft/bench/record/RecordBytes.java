package io.hayloft.bench.record;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Opens the reader of records to tests in other packages. */
public final class RecordBytes {
    private RecordBytes() {}

    /** The lines in these bytes. */
    public static List<RunLine> read(byte[] bytes) {
        try {
            return RecordLines.read(new ByteArrayInputStream(bytes), "records.jsonl")
                    .lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line of a record. */
    public static byte[] write(RunLine record) {
        return RecordLines.encode(record);
    }
}

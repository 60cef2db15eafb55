package io.hayloft.bench.fuzz;

import io.hayloft.base.UserError;
import io.hayloft.bench.FakeRecords;
import io.hayloft.bench.record.RecordBytes;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Reads arbitrary bytes as the records of a run: either records come back that can be written again, or a message. */
public final class RecordLinesFuzz {
    private RecordLinesFuzz() {}

    /** A whole line, and two of which a killed process left the second unfinished. */
    public static List<byte[]> seeds() {
        var line = RecordBytes.write(FakeRecords.record("snapkv:4x", 6, 0, 1024, 1, "text"));
        var torn = new ByteArrayOutputStream();
        torn.writeBytes(line);
        torn.write(line, 0, line.length / 2);
        return List.of(line, torn.toByteArray());
    }

    /** One input of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            for (var record : RecordBytes.read(input)) {
                var again = RecordBytes.read(RecordBytes.write(record));
                if (again.size() != 1 || !again.getFirst().equals(record)) {
                    throw new IllegalStateException("written and read again it became " + again);
                }
            }
        } catch (UserError expected) {
            if (expected.getMessage() == null || expected.getMessage().contains("\n")) {
                throw new IllegalStateException("a message must be one line", expected);
            }
        }
    }
}

package io.hayloft.bench.fuzz;

import io.hayloft.base.UserError;
import io.hayloft.bench.FakeRecords;
import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads arbitrary bytes as the records of a run: either records come back, or a message for people. */
public final class RecordLinesFuzz {
    private static final Path FOLDER = folder();

    private RecordLinesFuzz() {}

    private static Path folder() {
        try {
            var folder = Files.createTempDirectory("hayloft-fuzz-records");
            Files.writeString(folder.resolve("run.json"), Json.line(FakeRecords.info("fuzz")));
            return folder;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One input of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Files.write(FOLDER.resolve("records.jsonl"), input);
        try {
            RunFolder.read(FOLDER);
        } catch (UserError expected) {
            if (expected.getMessage() == null || expected.getMessage().contains("\n")) {
                throw new IllegalStateException("a message must be one line", expected);
            }
        }
    }
}

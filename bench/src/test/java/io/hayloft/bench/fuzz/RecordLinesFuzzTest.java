package io.hayloft.bench.fuzz;

import io.hayloft.bench.FakeRecords;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RecordBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A short run of the fuzz target in every build: valid lines with random damage. */
class RecordLinesFuzzTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void damagedLinesNeverCrash(long seed) {
        var random = new Random(seed);
        var record = FakeRecords.record("full", 0, 0, 1024, 1, "text");
        var failed = new FailedRecord(record.subject(), "key", "machine", "the prompt is too long");
        var good = RecordBytes.write(record);
        var bad = RecordBytes.write(failed);
        for (int round = 0; round < 500; round++) {
            var bytes = Arrays.copyOf(good, good.length + bad.length);
            System.arraycopy(bad, 0, bytes, good.length, bad.length);
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            RecordLinesFuzz.fuzzerTestOneInput(bytes);
        }
    }

    @Test
    void absurdNestingAndNumbersAreMessages() {
        for (var text : new String[] {
            "[".repeat(100_000),
            "{\"score\":1e999999999}\n{}",
            "{\"seed\":" + "9".repeat(5000) + "}\n\n",
            "null\nnull\n"
        }) {
            RecordLinesFuzz.fuzzerTestOneInput(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}

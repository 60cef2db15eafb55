package io.hayloft.bench.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.FakeRecords;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunWriterTest {
    @TempDir
    Path folder;

    private static RunWriter open(Path folder, String identity) {
        return RunWriter.open(folder, FakeRecords.info(identity), List.of());
    }

    private static List<BenchRecord> sample(int number) {
        return List.of(
                FakeRecords.record("full", 0, number, 1024, 1, "harbour 17"),
                FakeRecords.record("random:2x", 0, number, 1024, 0, "a \"quoted\"\nline and ünï ☃"));
    }

    @Test
    void recordsComeBackAsTheyWereWritten() {
        try (var writer = open(folder, "a")) {
            writer.append(sample(0));
            writer.append(sample(1));
            writer.finish("2026-01-01T00:05:00Z", 12);
        }
        var run = RunFolder.read(folder);
        assertThat(run.records().subList(0, 2)).isEqualTo(sample(0));
        assertThat(run.records()).hasSize(4);
        assertThat(run.info().finished()).isEqualTo("2026-01-01T00:05:00Z");
        assertThat(run.info().seconds()).isEqualTo(67 + 12);
        assertThat(run.notes()).isEmpty();
    }

    /** As if the process had been killed at any moment of writing the last line. */
    @Test
    void aLastLineCutAtAnyByteIsDropped() throws IOException {
        var first = RecordLines.encode(sample(0).getFirst());
        var both = new ByteArrayOutputStream();
        both.write(first);
        both.write(RecordLines.encode(sample(0).getLast()));
        for (int cut = first.length; cut < both.size(); cut++) {
            var read = RecordLines.read(new ByteArrayInputStream(both.toByteArray(), 0, cut), "records.jsonl");
            assertThat(read.records())
                    .as("cut at %d", cut)
                    .containsExactly(sample(0).getFirst());
            assertThat(read.wholeBytes()).isEqualTo(first.length);
            assertThat(read.tornBytes()).isEqualTo(cut - first.length);
        }
    }

    @Test
    void aRunContinuesWhereATornLineWas() throws IOException {
        try (var writer = open(folder, "a")) {
            writer.append(sample(0));
        }
        var file = folder.resolve("records.jsonl");
        var whole = Files.readAllBytes(file);
        int firstLine = RecordLines.encode(sample(0).getFirst()).length;
        for (int cut : new int[] {firstLine, firstLine + 1, (firstLine + whole.length) / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, cut));
            try (var writer = open(folder, "a")) {
                assertThat(writer.records()).containsExactly(sample(0).getFirst());
                assertThat(writer.notes()).as("cut at %d", cut).hasSize(cut == firstLine ? 0 : 1);
                writer.append(sample(0).subList(1, 2));
            }
            assertThat(Files.readAllBytes(file)).as("cut at %d", cut).isEqualTo(whole);
        }
    }

    @Test
    void recordsOfASampleWithoutAllItsMethodsAreDropped() throws IOException {
        try (var writer = open(folder, "a")) {
            writer.append(sample(0));
            writer.append(sample(1));
            writer.append(sample(2).subList(0, 1));
        }
        var keys = new ArrayList<List<String>>();
        for (int i = 0; i < 4; i++) {
            keys.add(sample(i).stream().map(BenchRecord::key).toList());
        }
        try (var writer = RunWriter.open(folder, FakeRecords.info("a"), keys)) {
            assertThat(writer.notes()).singleElement().asString().startsWith("dropped 1 records of a sample");
            assertThat(writer.records()).hasSize(4).startsWith(sample(0).getFirst());
            writer.append(sample(2));
        }
        assertThat(RunFolder.read(folder).records())
                .hasSize(6)
                .endsWith(sample(2).getLast());
    }

    @Test
    void aDamagedLineInTheMiddleIsAnErrorThatNamesIt() throws IOException {
        try (var writer = open(folder, "a")) {
            writer.append(sample(0));
        }
        var file = folder.resolve("records.jsonl");
        var lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), "{\"score\": 2}", lines.get(1)));
        assertThatThrownBy(() -> open(folder, "a"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("records.jsonl line 2 is damaged");
    }

    @Test
    void refusesTheFolderOfAnotherRunAndSaysWhatDiffers() {
        open(folder, "a").close();
        assertThatThrownBy(() -> open(folder, "b"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds another run (identity was a, is now b)");
    }

    @Test
    void refusesRecordsWithoutADescription() throws IOException {
        Files.write(
                folder.resolve("records.jsonl"), RecordLines.encode(sample(0).getFirst()));
        assertThatThrownBy(() -> open(folder, "a"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("unknown run");
        assertThatThrownBy(() -> RunFolder.read(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no run");
    }

    @Test
    void refusesASecondWriter() {
        try (var first = open(folder, "a")) {
            assertThatThrownBy(() -> open(first.folder(), "a"))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("another run is writing");
        }
        open(folder, "a").close();
    }

    @Test
    void aFileInTheWayIsAUserError() throws IOException {
        var file = Files.writeString(folder.resolve("taken"), "");
        for (var out : List.of(file, file.resolve("below"))) {
            assertThatThrownBy(() -> open(out, "a"))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("cannot create the output folder")
                    .hasMessageContaining("--out");
        }
    }

    @Test
    void aDamagedDescriptionIsAUserError() throws IOException {
        for (var text : List.of("", "{", "null", "[]", "{\"format\":\"hayloft-run/999\"}")) {
            Files.writeString(folder.resolve("run.json"), text);
            assertThatThrownBy(() -> open(folder, "a")).isInstanceOf(UserError.class);
        }
    }

    /** A disk that takes so many bytes and no more. */
    private static final class FullDisk implements Output {
        private final int room;
        private final StringBuilder content = new StringBuilder();

        FullDisk(int room) {
            this.room = room;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            var text = StandardCharsets.UTF_8.decode(bytes).toString();
            content.append(text, 0, Math.min(text.length(), room - content.length()));
            if (content.length() == room) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void truncate(long size) {
            content.setLength((int) size);
        }

        @Override
        public void close() {}
    }

    @Test
    void aFullDiskLosesOnlyTheSampleInFlight() {
        var first = List.of(sample(0).getFirst());
        int line = RecordLines.encode(first.getFirst()).length;
        var disk = new FullDisk(line + 100);
        try (var writer = RunWriter.over(folder, FakeRecords.info("a"), disk)) {
            writer.append(first);
            assertThatThrownBy(() -> writer.append(sample(1)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("The 1 records before are safe");
            assertThat(disk.content).hasSize(line).endsWith("\n");
            assertThat(writer.records()).isEqualTo(first);
        }
    }

    @Test
    void aContinuedRunKeepsItsStartAndCountsItsStarts() {
        open(folder, "a").close();
        try (var writer = open(folder, "a")) {
            assertThat(writer.folderAsItIs().info().starts()).isEqualTo(2);
        }
    }

    @Test
    void aRunContinuedByOtherCodeSaysSo() {
        open(folder, "a").close();
        try (var writer = RunWriter.open(folder, FakeRecords.info("a", "fedcba9876543210"), List.of())) {
            var info = writer.folderAsItIs().info();
            assertThat(info.code()).isEqualTo("fedcba9876543210");
            assertThat(info.notes())
                    .anyMatch(
                            note -> note.contains("other code of Hayloft (fedcba9876543210, before 0123456789abcdef)"));
        }
    }

    @Test
    void aRunOfAnEarlierFormatIsNotCalledDamaged() throws IOException {
        Files.writeString(folder.resolve("run.json"), "{\"format\":\"hayloft-run/1\"}");
        assertThatThrownBy(() -> RunFolder.read(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is of another version of Hayloft");
    }

    @Test
    void everyFieldThatOthersReadHasItsName() {
        var names = new ArrayList<String>();
        Json.LINES
                .readTree(RecordLines.encode(sample(0).getFirst()))
                .propertyNames()
                .forEach(names::add);
        assertThat(names)
                .contains(
                        "model",
                        "method",
                        "task",
                        "category",
                        "sample",
                        "metric",
                        "score",
                        "references",
                        "output",
                        "stop_reason",
                        "prompt_tokens",
                        "generated_tokens",
                        "requested_ratio",
                        "achieved_ratio",
                        "cache_bytes",
                        "stored_bytes",
                        "compress_after",
                        "decode_steps",
                        "full_cache_bytes",
                        "prefill_seconds",
                        "decode_seconds",
                        "prompt_sha256",
                        "key");
    }
}

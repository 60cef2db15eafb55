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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RunWriterTest {
    @TempDir
    Path folder;

    private static RunWriter open(Path folder, long seed) {
        return RunWriter.open(folder, FakeRecords.info(seed), _ -> false);
    }

    private static List<BenchRecord> sample(int number) {
        return List.of(
                FakeRecords.record("full", 0, number, 1024, 1, "harbour 17"),
                FakeRecords.record("random:2x", 0, number, 1024, 0, "a \"quoted\"\nline and ünï ☃"));
    }

    @Test
    void recordsComeBackAsTheyWereWritten() {
        try (var writer = open(folder, 1)) {
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

    /** Of a server neither sizes nor times are known: their fields are there and null, and half of them is damage. */
    @Test
    void unknownSizesAreNullNeverZero() throws IOException {
        var known = sample(0).getFirst();
        var record = new BenchRecord(known.subject(), known.outcome(), known.tokens(), null, null, known.origin());
        var line = new String(RecordLines.encode(record), StandardCharsets.UTF_8);
        assertThat(line)
                .contains("\"stored_bytes\":null", "\"achieved_ratio\":null", "\"prefill_seconds\":null")
                .contains("\"decode_steps\":null", "\"batch_rows\":null")
                .doesNotContain("\"full_cache_bytes\":0");
        var all = (ObjectNode) new JsonMapper().readTree(line);
        assertThat(all.propertyNames())
                .containsExactlyElementsOf(
                        new JsonMapper().readTree(RecordLines.encode(known)).propertyNames());

        assertThat(RecordLines.read(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)), "records")
                        .lines())
                .containsExactly(record);
        var half = all.put("stored_bytes", 5) + "\n" + line;
        assertThatThrownBy(() ->
                        RecordLines.read(new ByteArrayInputStream(half.getBytes(StandardCharsets.UTF_8)), "records"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("records line 1 is damaged");
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
            assertThat(read.lines())
                    .as("cut at %d", cut)
                    .containsExactly(sample(0).getFirst());
            assertThat(read.completeBytes()).isEqualTo(first.length);
            assertThat(read.tornBytes()).isEqualTo(cut - first.length);
        }
    }

    @Test
    void aRunContinuesWhereATornLineWas() throws IOException {
        try (var writer = open(folder, 1)) {
            writer.append(sample(0));
        }
        var file = folder.resolve("records.jsonl");
        var whole = Files.readAllBytes(file);
        int firstLine = RecordLines.encode(sample(0).getFirst()).length;
        for (int cut : new int[] {firstLine, firstLine + 1, (firstLine + whole.length) / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, cut));
            try (var writer = open(folder, 1)) {
                assertThat(writer.lines()).containsExactly(sample(0).getFirst());
                assertThat(writer.notes()).as("cut at %d", cut).hasSize(cut == firstLine ? 0 : 1);
                writer.append(sample(0).subList(1, 2));
            }
            assertThat(Files.readAllBytes(file)).as("cut at %d", cut).isEqualTo(whole);
        }
    }

    @Test
    void failuresStandBesideRecordsUntilTheyAreTriedAgain() {
        var failed = new FailedRecord(sample(1).getFirst().subject(), "key", "12345678", "too long");
        try (var writer = open(folder, 1)) {
            writer.append(sample(0));
            writer.append(List.of(failed));
        }
        var run = RunFolder.read(folder);
        assertThat(run.records()).isEqualTo(sample(0));
        assertThat(run.failures()).containsExactly(failed);
        try (var writer = RunWriter.open(folder, FakeRecords.info(1), _ -> true)) {
            assertThat(writer.lines()).isEqualTo(sample(0));
            writer.append(sample(1));
        }
        assertThat(RunFolder.read(folder).failures()).isEmpty();
        assertThat(RunFolder.read(folder).records()).hasSize(4);
    }

    /** An answer that came later than a failure is what counts. */
    @Test
    void aFailureThatHasBeenAnsweredSinceIsNone() {
        try (var writer = open(folder, 1)) {
            writer.append(List.of(new FailedRecord(sample(0).getFirst().subject(), "", "12345678", "no memory")));
            writer.append(sample(0));
        }
        assertThat(RunFolder.read(folder).failures()).isEmpty();
        assertThat(RunFolder.read(folder).records()).isEqualTo(sample(0));
    }

    @Test
    void aDamagedLineInTheMiddleIsAnErrorThatNamesIt() throws IOException {
        try (var writer = open(folder, 1)) {
            writer.append(sample(0));
        }
        var file = folder.resolve("records.jsonl");
        var lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), "{\"score\": 2}", lines.get(1)));
        assertThatThrownBy(() -> open(folder, 1))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("records.jsonl line 2 is damaged");
    }

    @Test
    void refusesTheFolderOfAnotherRunAndSaysWhatDiffers() {
        open(folder, 1).close();
        assertThatThrownBy(() -> open(folder, 2))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds another run (--seed was 1, is now 2): name another --out folder");
    }

    @Test
    void refusesRecordsWithoutADescription() throws IOException {
        Files.write(
                folder.resolve("records.jsonl"), RecordLines.encode(sample(0).getFirst()));
        assertThatThrownBy(() -> open(folder, 1)).isInstanceOf(UserError.class).hasMessageContaining("unknown run");
        assertThatThrownBy(() -> RunFolder.read(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no run");
    }

    @Test
    void refusesASecondWriter() {
        try (var first = open(folder, 1)) {
            assertThatThrownBy(() -> open(first.folder(), 1))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("another run is writing");
        }
        open(folder, 1).close();
    }

    @Test
    void aFileInTheWayIsAUserError() throws IOException {
        var file = Files.writeString(folder.resolve("taken"), "");
        for (var out : List.of(file, file.resolve("below"))) {
            assertThatThrownBy(() -> open(out, 1))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("cannot create the output folder")
                    .hasMessageContaining("--out");
        }
        assertThatThrownBy(() -> RunFolder.read(file))
                .isInstanceOf(UserError.class)
                .hasMessage(file + " is a file, and a run is a folder: name another");
    }

    @Test
    void aFolderThatCannotBeMadeIsNotNamedAsItsOwnReason() throws IOException {
        var nowhere = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
        assertThatThrownBy(() -> open(nowhere.resolve("below"), 1))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("cannot create the output folder " + nowhere + "/below: ")
                .hasMessageNotContaining(": " + nowhere + ". ")
                .hasMessageNotContaining(": " + nowhere.resolve("below") + ". ");
    }

    @Test
    void aDamagedDescriptionIsAUserError() throws IOException {
        for (var text : List.of("", "{", "null", "[]", "{\"format\":\"hayloft-run/999\"}")) {
            Files.writeString(folder.resolve("run.json"), text);
            assertThatThrownBy(() -> open(folder, 1)).isInstanceOf(UserError.class);
        }
    }

    /** A disk that takes so many bytes and no more. */
    private static final class FullDisk implements RunWriter.Output {
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
        try (var writer = RunWriter.over(folder, FakeRecords.info(1), disk)) {
            writer.append(first);
            assertThatThrownBy(() -> writer.append(sample(1)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("The 1 records before are safe");
            assertThat(disk.content).hasSize(line).endsWith("\n");
            assertThat(writer.lines()).isEqualTo(first);
        }
    }

    @Test
    void aContinuedRunKeepsItsStartAndCountsItsStarts() {
        open(folder, 1).close();
        try (var writer = open(folder, 1)) {
            assertThat(writer.folderAsItIs().info().starts()).isEqualTo(2);
        }
    }

    @Test
    void aRunThatGrowsIsUnfinishedUntilItsLastSample() {
        try (var writer = open(folder, 1)) {
            writer.finish("2026-01-01T00:00:00Z", 1);
        }
        try (var writer = open(folder, 1)) {
            assertThat(RunFolder.read(folder).info().finished())
                    .isEqualTo("2026-01-01T00:00:00Z"); // nothing new so far
            writer.append(sample(0));
            assertThat(RunFolder.read(folder).info().finished()).isNull();
            writer.finish("2026-01-02T00:00:00Z", 1);
            assertThat(RunFolder.read(folder).info().finished()).isEqualTo("2026-01-02T00:00:00Z");
        }
    }

    @Test
    void aRunContinuedByOtherCodeSaysSo() {
        open(folder, 1).close();
        try (var writer = RunWriter.open(folder, FakeRecords.info(1, "fedcba9876543210"), _ -> false)) {
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
                .hasMessageContaining("was written by another version of Hayloft")
                .hasMessageContaining("start bench anew with --out " + folder + "-new");
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
                        "read_bytes",
                        "own_decode_seconds",
                        "shared_decode_seconds",
                        "batch_rows",
                        "prompt_ids_sha256",
                        "machine",
                        "error",
                        "stored_bytes",
                        "state_bytes",
                        "compress_after",
                        "decode_steps",
                        "full_cache_bytes",
                        "prefill_seconds",
                        "decode_seconds",
                        "prompt_sha256",
                        "key");
    }

    /** Methods, tasks, lengths and samples may join; what was there stays. */
    @Test
    void aRunGrows() {
        var before = settings(List.of("full", "h2o:4x"), Map.of("full", 1, "h2o:4x", 1), 3);
        RunWriter.open(folder, FakeRecords.info(before, "code"), _ -> false).close();
        var more = settings(List.of("full", "knorm:2x"), Map.of("full", 1, "knorm:2x", 4), 5);
        try (var writer = RunWriter.open(folder, FakeRecords.info(more, "code"), _ -> false)) {
            var settings = writer.info().settings();
            assertThat(settings).containsEntry("methods", List.of("full", "h2o:4x", "knorm:2x"));
            assertThat(settings).containsEntry("method_versions", Map.of("full", 1, "h2o:4x", 1, "knorm:2x", 4));
            assertThat(settings).containsEntry("samples", 5);
        }
        RunWriter.open(folder, FakeRecords.info(before, "code"), _ -> false).close();
        assertThat(RunFolder.read(folder).info().settings()).containsEntry("samples", 5);
    }

    @Test
    void aRefusalNamesTheSettingInWords() {
        var before = settings(List.of("full"), Map.of("full", 1), 3);
        before.put("model", "one");
        before.put("model_hash", "abc");
        before.put("limit_tokens", 0);
        before.put("metrics", Map.of("qasper", "qa_f1/1"));
        RunWriter.open(folder, FakeRecords.info(before, "code"), _ -> false).close();
        refused(before, "method_versions", Map.of("full", 2), "method full was version 1, is now version 2");
        refused(before, "model_hash", "xyz", "the files of model one have changed");
        refused(before, "limit_tokens", 2000, "--limit-tokens was not given, is now 2000");
        refused(before, "protocol", "question-agnostic", "--protocol was not given, is now question-agnostic");
        refused(before, "paper_compat", List.of("methods"), "--paper-compat was off, is now on");
        refused(before, "metrics", Map.of("qasper", "qa_f1/2"), "hayloft rescore " + folder);
        var renamed = new LinkedHashMap<>(before);
        renamed.put("model", "the same model by another name");
        RunWriter.open(folder, FakeRecords.info(renamed, "code"), _ -> false).close();
    }

    private void refused(Map<String, Object> before, String name, Object value, String words) {
        var now = new LinkedHashMap<>(before);
        now.put(name, value);
        assertThatThrownBy(() -> RunWriter.open(folder, FakeRecords.info(now, "code"), _ -> false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(words)
                .message()
                .doesNotContain("abc", "xyz");
    }

    private static Map<String, Object> settings(List<String> methods, Map<String, Integer> versions, int samples) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("methods", methods);
        settings.put("method_versions", versions);
        settings.put("samples", samples);
        return settings;
    }
}

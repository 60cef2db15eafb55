package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of RULER and the pass-key grid in a run. */
class RulerRunTest {
    @TempDir
    Path folder;

    private BenchSpecBuilder spec() {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .methods(List.of("full"))
                .out(folder.resolve("run"));
    }

    private static RunFolder run(BenchSpec spec, FakeRunner runner) {
        try (var run = BenchRun.prepare(spec, runner, BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    private static List<BenchRecord> full(RunFolder run) {
        return run.records().stream()
                .filter(record -> record.method().equals("full"))
                .toList();
    }

    @Test
    void generatedTasksOfAnyLength() {
        var spec = spec().tasks(List.of("niah_single_1", "vt", "qa_1"))
                .lengths(List.of(1024, 1536))
                .samples(2)
                .protocol(Protocol.QUESTION_AGNOSTIC)
                .build();
        var done = run(spec, new FakeRunner(2000, false));
        assertThat(done.failures()).isEmpty();
        assertThat(full(done)).hasSize(3 * 2 * 2);
        assertThat(full(done))
                .extracting(record -> record.outcome().metric())
                .contains("string_match_all/1", "string_match_part/1");
        assertThat(full(done))
                .extracting(record -> record.facets().get("length"))
                .containsOnly(1024, 1536);
    }

    @Test
    void filesInTheOfficialForm() throws IOException {
        var data = Files.createDirectory(folder.resolve("data"));
        var row = "{\"index\": 0, \"input\": \"VAR A = 5. Which variables hold 5? Answer: full!\", \"outputs\": [\"A\","
                + " \"FULL\"], \"length\": 40}\n";
        Files.writeString(data.resolve("vt_4096.jsonl"), row.repeat(3));
        var spec = spec().data(data).samples(2).lengths(List.of(1024, 2048)).build();
        assertThat(spec.tasks()).containsExactly("vt");
        var done = full(run(spec, new FakeRunner(1000, false)));
        assertThat(done).extracting(BenchRecord::sample).containsExactly("vt_4096-1", "vt_4096-2");
        assertThat(done).extracting(BenchRecord::score).containsOnly(0.5);
        assertThat(run(spec, new FakeRunner(1000, false)).records()).hasSize(3 * 2);
    }

    @Test
    void samplesThatDoNotFitFailAndTheRunGoesOn() throws IOException {
        var data = Files.createDirectory(folder.resolve("data"));
        var form = "{\"index\": 0, \"input\": \"VAR A = 5. %sWhich variables hold 5? Answer: full!\","
                + " \"outputs\": [\"A\"], \"length\": 40}\n";
        Files.writeString(
                data.resolve("vt_4096.jsonl"),
                form.formatted("One fish swims. ".repeat(400)).repeat(7) + form.formatted(""));
        var spec = spec().data(data).samples(8).build();
        var done = run(spec, new FakeRunner(1000, false));
        assertThat(full(done)).extracting(BenchRecord::sample).containsExactly("vt_4096-8");
        var failed = done.failures().stream()
                .filter(one -> one.subject().method().equals("full"))
                .toList();
        assertThat(failed)
                .hasSize(7)
                .allSatisfy(one -> assertThat(one.error()).contains("the context of fake model is 1000"));
    }

    @Test
    void aTaskThatCannotBeDrawnFailsAndTheOthersGoOn() {
        var spec = spec().tasks(List.of("qa_2", "niah_single_1"))
                .lengths(List.of(300))
                .samples(2)
                .build();
        var done = run(spec, new FakeRunner(2000, false));
        assertThat(done.failures())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.error()).isNotBlank())
                .extracting(one -> one.subject().task())
                .containsOnly("qa_2");
        assertThat(full(done)).extracting(record -> record.task()).containsOnly("niah_single_1");
    }

    @Test
    void thePassKeyGridUsesTheLengthsThatFit() {
        var spec = spec().tasks(List.of("passkey")).answerDigits(12).samples(5).build();
        assertThat(spec.tasks()).containsExactly("passkey-12");
        var done = full(run(spec, new FakeRunner(6000, false)));
        assertThat(done).hasSize(5);
        assertThat(done).extracting(record -> record.facets().get("length")).containsOnly(512, 2730, 4949);
        assertThat(done)
                .allSatisfy(record -> assertThat(record.references().getFirst()).matches("[0-9]{12}"));
    }

    @Test
    void needlesInTheTextsOfTheUser() throws IOException {
        var texts = Files.createDirectory(folder.resolve("texts"));
        Files.writeString(texts.resolve("a.txt"), "One fish swims. Two birds fly. ".repeat(50));
        var spec = spec().tasks(List.of("needle")).lengths(List.of(256)).samples(1);
        run(spec.build(), new FakeRunner(1000, false));
        var other = run(spec.haystack(texts).out(folder.resolve("other")).build(), new FakeRunner(1000, false));
        var moved = Files.createDirectory(folder.resolve("moved"));
        Files.copy(texts.resolve("a.txt"), moved.resolve("b.txt"));
        var again = run(spec.haystack(moved).out(folder.resolve("other")).build(), new FakeRunner(1000, false));
        assertThat(again.info().starts()).isEqualTo(2); // the texts count, not where they lie
        Files.writeString(moved.resolve("b.txt"), "One cat sleeps. ".repeat(50));
        assertThatThrownBy(() -> run(spec.build(), new FakeRunner(1000, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the texts of --haystack have changed");
        assertThat(full(other).getFirst().key())
                .isNotEqualTo(
                        full(RunFolder.read(folder.resolve("run"))).getFirst().key());
        var copy = BenchSpec.fromJson(spec.build().toJson());
        assertThat(copy.haystack()).isEqualTo(spec.build().haystack());
    }

    @Test
    void answerDigitsNeedATaskWithKeys() {
        assertThatThrownBy(() -> spec().tasks(List.of("vt")).answerDigits(9).build())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--answer-digits is for the tasks");
        assertThatThrownBy(
                        () -> spec().tasks(List.of("needle")).answerDigits(129).build())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("between 1 and 128");
    }
}

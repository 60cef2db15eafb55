package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ChatChoice;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which failures are tried again, and what a run keeps of the thoughts of a model. */
class FailuresAndThoughtsTest {
    private static final String ROW =
            "{\"_id\": \"%s\", \"context\": \"%s\", \"input\": \"i\", \"answers\": [\"a\"], \"length\": 1}\n";

    @TempDir
    Path folder;

    @BeforeEach
    void writeSamples() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        Files.writeString(
                folder.resolve("data/qasper.jsonl"),
                ROW.formatted("long", "word ".repeat(900).strip()) + ROW.formatted("short", "word"));
    }

    private BenchSpecBuilder spec(String... methods) {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .methods(List.of(methods))
                .tasks(List.of("qasper"))
                .data(folder.resolve("data"))
                .limitTokens(950)
                .samples(2)
                .out(folder.resolve("run"));
    }

    private static RunFolder run(BenchSpec spec, FakeRunner runner, boolean retry) {
        try (var run = BenchRun.prepare(spec, runner, new BenchRun.Start(retry, null, _ -> {}))) {
            return run.run(RunListener.NONE);
        }
    }

    @Test
    void aFirstSampleThatDoesNotFitIsARecordToo() {
        var done = run(spec("full", "snapkv:4x").build(), new FakeRunner(1000, false), false);
        assertThat(done.records()).extracting(BenchRecord::sample).containsOnly("short");
        assertThat(done.failures()).hasSize(4).allSatisfy(failed -> {
            assertThat(failed.subject().sample()).isEqualTo("long");
            assertThat(failed.error()).contains("the context of fake model is 1000");
        });
    }

    @Test
    void aRunWithoutASampleThatFitsIsRefusedBeforeAFolderIsMade() {
        assertThatThrownBy(() -> run(spec("full").build(), new FakeRunner(50, false), false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the context of fake model is 50");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void failuresOfOtherMethodsAndSamplesStay() {
        run(spec("full", "snapkv:4x").build(), new FakeRunner(1000, false), false);
        var foreign = RunFolder.read(folder.resolve("run")).failures().getFirst();
        var subject = foreign.subject();
        var gone = new BenchRecord.Subject(
                subject.model(),
                subject.method(),
                subject.family(),
                subject.task(),
                subject.taskVersion(),
                subject.category(),
                "gone",
                subject.seed(),
                subject.protocol(),
                subject.facets());
        var info = RunFolder.read(folder.resolve("run")).info();
        try (var writer = RunWriter.open(folder.resolve("run"), info, _ -> false)) {
            writer.append(List.of(new FailedRecord(gone, "", foreign.machine(), "lost")));
        }

        var runner = new FakeRunner(1000, false);
        var again = run(spec("full").build(), runner, true);

        assertThat(again.failures())
                .extracting(failed ->
                        failed.subject().method() + " " + failed.subject().sample())
                .contains("snapkv:4x long", subject.method() + " gone", "full long");
        assertThat(again.records()).hasSize(4);
    }

    /** Samples fail by one protocol alone, and only these are tried again. */
    @Test
    void aFailureIsOfTheSampleByItsProtocol() {
        var spec = spec("full", "snapkv:4x")
                .tasks(List.of("mini-needle"))
                .truncation(false)
                .lengths(List.of(256))
                .samples(1)
                .protocol(Protocol.ALL)
                .build();
        var failing = new FakeRunner(1000, false);
        failing.failsOn = "Write a short summary of it."; // the other question where there is no other sample
        var failed = run(spec, failing, false);
        assertThat(failed.records()).hasSize(2 * 3);
        assertThat(failed.failures())
                .hasSize(3)
                .allSatisfy(one -> assertThat(one.subject().protocol()).isEqualTo("other-question"));

        var idle = new FakeRunner(1000, false);
        assertThat(run(spec, idle, false).failures()).hasSize(3);
        assertThat(idle.calls).isEmpty();

        var runner = new FakeRunner(1000, false);
        var again = run(spec, runner, true);
        assertThat(runner.calls).hasSize(1);
        assertThat(again.failures()).isEmpty();
        assertThat(again.records()).hasSize(3 * 3);
    }

    @Test
    void theLimitOfThoughtsIsPartOfTheRunAndOfTheKeys() {
        var spec = spec("full").out(folder.resolve("chat")).build();
        var plain = run(spec, new FakeRunner(4000, true), false);
        assertThat(plain.info().settings()).doesNotContainKeys("max_thinking_tokens", "template_args");

        var thinking = new FakeRunner(4000, true);
        thinking.thinks = true;
        var byDefault = run(spec("full").out(folder.resolve("default")).build(), thinking, false);
        assertThat(byDefault.info().settings()).containsEntry("max_thinking_tokens", 1000);
        assertThat(byDefault.info().notes()).anyMatch(note -> note.contains("think for up to 1000 tokens"));

        var limited = run(
                spec("full")
                        .out(folder.resolve("limited"))
                        .chat(new ChatChoice(Map.of("level", 3), false, 7))
                        .build(),
                thinking,
                false);
        assertThat(limited.info().settings())
                .containsEntry("max_thinking_tokens", 7)
                .containsEntry("template_args", "{\"--no-think\":true,\"level\":3}");
        var keys = List.of(plain, byDefault, limited).stream()
                .map(done -> done.records().getFirst().key())
                .toList();
        assertThat(keys).doesNotHaveDuplicates();

        assertThatThrownBy(() -> run(spec("full").out(folder.resolve("limited")).build(), thinking, false))
                .hasMessageContaining("--max-thinking-tokens was 7, is now 1000")
                .hasMessageContaining("--template-arg, --think or --no-think were {");
    }

    @Test
    void thoughtsAreReadBackAndEarlierLinesHaveNone() throws IOException {
        var done = run(spec("full").build(), new FakeRunner(1000, false), false);
        var one = done.records().getFirst();
        var outcome = one.outcome();
        var thinking = new BenchRecord(
                one.subject(),
                new BenchRecord.Outcome(
                        outcome.metric(), 1, outcome.references(), outcome.allClasses(), "a", "eos", "well, \"a\"\n"),
                new BenchRecord.Tokens(9, 9, null, 9, 8, 1, 5, Map.of("secret", 0.25)),
                one.bytes(),
                one.times(),
                one.origin());
        try (var writer = RunWriter.open(folder.resolve("run"), done.info(), _ -> false)) {
            writer.append(List.of(thinking));
        }
        var file = folder.resolve("run/records.jsonl");
        assertThat(Files.readString(file))
                .contains(
                        "\"thoughts\":\"well, \\\"a\\\"\\n\"",
                        "\"thinking_tokens\":5",
                        "\"kept_spans\":{\"secret\":0.25}");
        assertThat(RunFolder.read(folder.resolve("run")).records()).last().isEqualTo(thinking);
        assertThat(thinking.scored("other/1", 0).outcome().thoughts()).isEqualTo("well, \"a\"\n");

        var before = Files.readString(file)
                .replaceAll(
                        "\"thoughts\":null,|\"thinking_tokens\":0,|,\"thinking_tokens\":0|,\"kept_spans\":null", "");
        assertThat(before).doesNotContain("\"thoughts\":null", "\"thinking_tokens\":0", "\"kept_spans\":null");
        Files.writeString(file, before.replace(",\"thoughts\":null", ""));
        assertThat(RunFolder.read(folder.resolve("run")).records()).first().isEqualTo(one);
    }
}

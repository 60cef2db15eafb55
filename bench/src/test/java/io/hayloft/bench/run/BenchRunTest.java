package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.CostModel;
import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.plan.PromptGroup;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.methods.registry.Methods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchRunTest {
    private static final BenchRun.Start RETRYING = new BenchRun.Start(true, null, _ -> {});

    @TempDir
    Path folder;

    private BenchSpecBuilder spec() {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .truncation(false)
                .methods(List.of("snapkv:4x", "full"))
                .tasks(List.of("mini-needle", "mini-code"))
                .lengths(List.of(128, 256))
                .samples(3)
                .out(folder);
    }

    private static BenchRun prepare(BenchSpec spec, FakeRunner runner) {
        return BenchRun.prepare(spec, runner, BenchRun.Start.PLAIN);
    }

    private static RunFolder run(BenchSpec spec, FakeRunner runner, RunListener listener) {
        try (var run = prepare(spec, runner)) {
            return run.run(listener);
        }
    }

    @Test
    void everySampleRunsWithEveryMethodTogether() {
        var runner = new FakeRunner(1000, false);
        var done = run(spec().build(), runner, RunListener.NONE);
        assertThat(runner.calls).hasSize(2 * 2 * 3).containsOnly(List.of("full", "random:4x", "snapkv:4x"));
        assertThat(done.records()).hasSize(12 * 3);
        assertThat(done.records()).extracting(BenchRecord::key).doesNotHaveDuplicates();
        assertThat(done.info().finished()).isNotNull();
        assertThat(RunFolder.read(folder).records()).isEqualTo(done.records());
        assertThat(done.records()).extracting(BenchRecord::category).containsOnly("needle", "code");
        var snap = done.records().get(2);
        assertThat(snap.achievedRatio()).isEqualTo((double) snap.fullCacheBytes() / snap.storedBytes());
        assertThat(snap.requestedRatio()).isEqualTo(4);
        assertThat(snap.facets()).containsEntry("length", 128).containsKey("depth");
        assertThat(snap.storedBytes()).isEqualTo(snap.readBytes() + 8);
        assertThat(snap.decodeSeconds()).isEqualTo(0.002 + 0.003 / 3);
        var times = requireNonNull(snap.times());
        assertThat(times.sharedDecodeSeconds()).isEqualTo(0.003);
        assertThat(times.batchRows()).isEqualTo(3);
        assertThat(snap.decodeSteps()).isEqualTo(2);
        assertThat(snap.compressAfter()).isEqualTo(snap.promptTokens());
        assertThat(snap.output()).isEqualTo("snapkv:4x!");
    }

    @Test
    void promptsAreKeptUnlessTheyAreNotWanted() {
        for (boolean kept : new boolean[] {true, false}) {
            var out = folder.resolve("kept " + kept);
            try (var run = prepare(spec().out(out).build(), new FakeRunner(1000, false))) {
                if (!kept) {
                    run.leaveOutPrompts();
                }
                run.run(RunListener.NONE);
            }
            assertThat(Files.exists(out.resolve("prompts.jsonl.gz"))).isEqualTo(kept);
        }
    }

    @Test
    void everySampleDrawsForItselfAndTheSameOnEveryStart() {
        var first = new FakeRunner(1000, false);
        run(spec().out(folder.resolve("first")).build(), first, RunListener.NONE);
        var again = new FakeRunner(1000, false);
        run(spec().out(folder.resolve("again")).build(), again, RunListener.NONE);
        var other = new FakeRunner(1000, false);
        run(spec().seed(2).out(folder.resolve("other")).build(), other, RunListener.NONE);
        assertThat(first.seeds).hasSize(12).doesNotHaveDuplicates().isEqualTo(again.seeds);
        assertThat(other.seeds).doesNotContainAnyElementsOf(first.seeds);
    }

    @Test
    void aKilledRunContinuesAndEndsAsIfNothingHadHappened() {
        var whole = run(spec().out(folder.resolve("whole")).build(), new FakeRunner(1000, false), RunListener.NONE);
        var spec = spec().out(folder.resolve("killed")).build();
        var first = new FakeRunner(1000, false);
        first.diesAfter = 5;
        assertThatThrownBy(() -> run(spec, first, RunListener.NONE)).hasMessage("killed");

        var second = new FakeRunner(1000, false);
        var progress = new ArrayList<Progress>();
        try (var run = prepare(spec, second)) {
            assertThat(run.plan().samplesDone()).isEqualTo(5);
            assertThat(run.plan().lines()).contains("earlier starts have done 5 of them, 7 are left");
            var done = run.run(new RunListener() {
                @Override
                public void started(Progress at) {
                    progress.add(at);
                }

                @Override
                public void sampleDone(Progress at) {
                    progress.add(at);
                }
            });
            assertThat(second.calls).hasSize(7);
            assertThat(done.records()).isEqualTo(whole.records());
        }
        assertThat(progress).extracting(Progress::samplesDone).containsExactly(5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(progress.getLast().scores()).containsOnlyKeys("full", "random:4x", "snapkv:4x");
        assertThat(progress.getLast().remaining().toMillis()).isZero();
    }

    /** A run that is resumed after midnight goes on with the date of its first start. */
    @Test
    void aDatedChatFormatKeepsTheDateOfTheFirstStart() {
        var evening = "2026-01-31T23:59:59+01:00";
        var morning = "2026-02-01T00:00:01+01:00";
        var whole = run(at(evening, "whole"), dated(), RunListener.NONE);
        var first = dated();
        first.diesAfter = 5;
        assertThatThrownBy(() -> run(at(evening, "killed"), first, RunListener.NONE))
                .hasMessage("killed");
        assertThatThrownBy(() -> run(at(morning, "killed"), dated(), RunListener.NONE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--clock is " + morning)
                .hasMessageContaining("has " + evening);
        var today = spec().out(folder.resolve("killed")).build();
        var resumed = run(today, dated(), RunListener.NONE);
        assertThat(resumed.records()).isEqualTo(whole.records());
        assertThat(resumed.info().clock()).isEqualTo(evening);
        var later = run(at(morning, "later"), dated(), RunListener.NONE);
        assertThat(later.records())
                .extracting(BenchRecord::key)
                .doesNotContainAnyElementsOf(
                        whole.records().stream().map(BenchRecord::key).toList());
        assertThat(later.records())
                .extracting(BenchRecord::promptSha256)
                .isEqualTo(
                        whole.records().stream().map(BenchRecord::promptSha256).toList());
    }

    private BenchSpec at(String clock, String name) {
        return spec().out(folder.resolve(name)).build().withClock(clock);
    }

    private static FakeRunner dated() {
        var runner = new FakeRunner(1000, false);
        runner.dated = true;
        return runner;
    }

    @Test
    void aTornSampleRunsTheMethodsThatItLacks() throws IOException {
        run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        var file = folder.resolve("records.jsonl");
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 20));
        var again = new FakeRunner(1000, false);
        var notes = new ArrayList<String>();
        var done = run(spec().build(), again, listening(notes));
        assertThat(again.calls).containsExactly(List.of("snapkv:4x"));
        assertThat(notes).singleElement().asString().contains("dropped an unfinished last line");
        assertThat(Files.readString(file)).isEqualTo(text);
        assertThat(done.records()).hasSize(36);
    }

    private static RunListener listening(List<String> notes) {
        return new RunListener() {
            @Override
            public void note(String line) {
                notes.add(line);
            }
        };
    }

    @Test
    void moreSamplesMethodsLengthsAndTasksReuseWhatIsDone() {
        var first = run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        grows(spec().samples(4), first, 4, List.of("full", "random:4x", "snapkv:4x"));
        grows(spec().samples(4).methods(List.of("knorm:4x")), first, 16, List.of("knorm:4x"));
        grows(spec().lengths(List.of(512)), first, 6, List.of("full", "random:4x", "snapkv:4x"));
        grows(spec().tasks(List.of("mini-few-shot")), first, 6, List.of("full", "random:4x", "snapkv:4x"));
        assertThat(RunFolder.read(folder).info().settings())
                .containsEntry("methods", List.of("full", "random:4x", "snapkv:4x", "knorm:4x"))
                .containsEntry("lengths", List.of(128, 256, 512))
                .containsEntry("tasks", List.of("mini-needle", "mini-code", "mini-few-shot"))
                .containsEntry("samples", 4);
    }

    private static void grows(BenchSpecBuilder spec, RunFolder first, int calls, List<String> methods) {
        var runner = new FakeRunner(1000, false);
        var done = run(spec.build(), runner, RunListener.NONE);
        assertThat(runner.calls).hasSize(calls).containsOnly(methods);
        assertThat(done.records()).containsAll(first.records());
        assertThat(done.records()).extracting(BenchRecord::key).doesNotHaveDuplicates();
    }

    /** Whether it grew or ran at once makes no difference to any record but its times. */
    @Test
    void aGrownRunEqualsOneThatRanAtOnce() {
        run(spec().samples(1).methods(List.of("full")).build(), new FakeRunner(1000, false), RunListener.NONE);
        var grown = run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        var whole = run(spec().out(folder.resolve("whole")).build(), new FakeRunner(1000, false), RunListener.NONE);
        assertThat(grown.records()).containsExactlyInAnyOrderElementsOf(whole.records());
    }

    @Test
    void aFailingSampleIsARecordAndTheRunGoesOn() {
        var failing = SampleJob.open(spec().build(), new FakeRunner(1000, false))
                .choice()
                .planned(7)
                .sample();
        var runner = new FakeRunner(1000, false);
        runner.failsOn = String.join(" ", failing.prompt().text().strip().split("\\s+"));
        var notes = new ArrayList<String>();
        var done = run(spec().build(), runner, listening(notes));
        assertThat(done.records()).hasSize(11 * 3);
        assertThat(done.failures()).hasSize(3).allSatisfy(failed -> {
            assertThat(failed.subject().sample()).isEqualTo(failing.id());
            assertThat(failed.error()).isEqualTo("no memory for");
        });
        assertThat(notes).containsExactly("sample " + failing.id() + " failed: no memory for");
        assertThat(done.info().finished()).isNotNull();

        var again = new FakeRunner(1000, false);
        assertThat(run(spec().build(), again, RunListener.NONE).failures()).hasSize(3);
        assertThat(again.calls).isEmpty();
        try (var run = BenchRun.prepare(spec().build(), again, RETRYING)) {
            assertThat(run.run(RunListener.NONE).failures()).isEmpty();
        }
        assertThat(again.calls).containsExactly(List.of("full", "random:4x", "snapkv:4x"));
        assertThat(RunFolder.read(folder).records()).hasSize(36);
    }

    /** A prompt that leaves no room for its answer is found when its turn comes, and again at each start. */
    @Test
    void aSampleThatDoesNotFitIsARecordToo() throws IOException {
        var data = Files.createDirectory(folder.resolve("data"));
        var row = "{\"_id\": \"%s\", \"context\": \"%s\", \"input\": \"i\", \"answers\": [\"a\"], \"length\": 1}\n";
        Files.writeString(
                data.resolve("qasper.jsonl"),
                row.formatted("short", "word")
                        + row.formatted("long", "word ".repeat(900).strip()));
        var spec = spec().tasks(List.of("qasper"))
                .data(data)
                .limitTokens(950)
                .out(folder.resolve("run"))
                .build();
        for (int start = 0; start < 2; start++) {
            var done = run(spec, new FakeRunner(1000, false), RunListener.NONE);
            assertThat(done.records()).hasSize(3);
            assertThat(done.failures())
                    .hasSize(3)
                    .allSatisfy(failed -> assertThat(failed.error())
                            .startsWith("sample long of qasper has ")
                            .contains("the context of fake model is 1000"));
        }
    }

    /** Nothing is encoded before its turn but one sample of each task and length. */
    @Test
    void theStartOfARunDoesNotDependOnTheNumberOfSamples() {
        var few = new FakeRunner(1000, false);
        var many = new FakeRunner(1000, false);
        prepare(spec().out(folder.resolve("few")).build(), few).close();
        prepare(spec().samples(2000).out(folder.resolve("many")).build(), many).close();
        assertThat(many.encoded).isEqualTo(few.encoded).isLessThan(12);
    }

    @Test
    void aMethodsAnswerToAnotherPromptIsRefused() throws IOException {
        run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        var file = folder.resolve("records.jsonl");
        var lines = Files.readAllLines(file);
        lines.set(3, lines.get(3).replaceFirst("\"key\":\"[0-9a-f]{4}", "\"key\":\"0000"));
        Files.write(file, lines);
        assertThatThrownBy(() -> run(spec().build(), new FakeRunner(1000, false), RunListener.NONE))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no longer the same");
    }

    @Test
    void aFinishedRunHasNothingLeftToDo() {
        var first = run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        var again = new FakeRunner(1000, false);
        var second = run(spec().build(), again, RunListener.NONE);
        assertThat(again.calls).isEmpty();
        assertThat(second.records()).isEqualTo(first.records());
        assertThat(second.info().finished()).isEqualTo(first.info().finished());
    }

    @Test
    void otherSettingsDoNotShareAFolder() {
        run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        for (var other : List.of(
                spec().seed(2).build(),
                spec().protocol(Protocol.QUESTION_AGNOSTIC).build(),
                spec().maxNewTokens(3).build())) {
            assertThatThrownBy(() -> prepare(other, new FakeRunner(1000, false)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("holds another run");
        }
        prepare(spec().threads(7).build(), new FakeRunner(1000, false)).close();
    }

    @Test
    void resultsOfAnotherBackendAreAnotherRun() {
        var native16 = new FakeRunner(1000, false);
        native16.backend = "onednn";
        var spec = spec().build();
        try (var run = prepare(spec, new FakeRunner(1000, false))) {
            assertThat(run.plan().notes()).noneMatch(line -> line.contains("backend"));
        }
        assertThatThrownBy(() -> prepare(spec, native16))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("backend was java, is now onednn");
        try (var run = prepare(spec().out(folder.resolve("other")).build(), native16)) {
            assertThat(run.plan().notes()).anyMatch(line -> line.contains("backend onednn"));
        }
    }

    /** 200 digits take 201 tokens or fewer with a space in front, and the task wants 9 beside them. */
    @Test
    void aClampedLengthLeavesRoomForTheAnswerOfItsTask() {
        var needle = spec().tasks(List.of("needle-200")).lengths(List.of(2000)).samples(1);
        try (var run = prepare(needle.build(), new FakeRunner(2000, false))) {
            assertThat(run.plan().notes()).contains("length 2000 became 1790, to leave room for the answer");
            assertThat(run.run(RunListener.NONE).failures()).isEmpty();
        }
        var longer = spec().maxNewTokens(500).lengths(List.of(2000)).out(folder.resolve("longer"));
        try (var run = prepare(longer.build(), new FakeRunner(2000, false))) {
            assertThat(run.plan().notes()).contains("length 2000 became 1500, to leave room for the answer");
        }
    }

    @Test
    void lengthsBeyondTheContextAreSkippedWithANote() {
        try (var run = prepare(spec().build(), new FakeRunner(200, false))) {
            assertThat(run.plan().samples()).isEqualTo(6);
            assertThat(run.plan().notes()).anyMatch(line -> line.contains("skipped length 256"));
        }
        assertThatThrownBy(() -> prepare(spec().out(folder.resolve("none")).build(), new FakeRunner(100, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nothing to run");
    }

    @Test
    void aPlanCountsSamplesMethodsTokensAndMemory() {
        try (var run = prepare(spec().build(), new FakeRunner(1000, false))) {
            var plan = run.plan();
            assertThat(plan.samples()).isEqualTo(12);
            assertThat(plan.methods()).isEqualTo(3);
            assertThat(plan.longestPrompt()).isBetween(200, 256);
            assertThat(plan.time()).isPositive();
            // the prefill, full, and a quarter each for random and snapkv
            assertThat(plan.cacheBytes()).isEqualTo(Math.round(2.5 * 512 * plan.longestPrompt()));
            assertThat(plan.lines().getFirst()).startsWith("12 samples x 3 methods with fake model, prompts of about ");
        }
    }

    /** A method that shortens prompts reads and keeps less, but decodes apart from the others. */
    @Test
    void aPlanKnowsWhatShortPromptsTake() {
        var full = Methods.parse("full");
        var shorter = Methods.parse("selective:4x");
        var all = List.of(full, shorter, Methods.parse("selective:4x + snapkv:2x"));
        assertThat(CostModel.fullCaches(all, 1000)).isEqualTo(2); // the prefill and full; the others come after them
        assertThat(CostModel.fullCaches(List.of(shorter), 1000)).isEqualTo(0.5);
        var groups = PromptGroup.of(all);
        assertThat(groups).hasSize(2);
        assertThat(groups.get(1).tokens(1000)).isEqualTo(250);
        var size = new SampleChoice.Size(400, 0, 10);
        double alone = new CostModel(PromptGroup.of(List.of(full)), Map.of(), 1, 0, 0, 0, 1, 1).seconds(size);
        double both = new CostModel(groups, Map.of(), 1, 0, 0, 0, 1, 1).seconds(size);
        assertThat(both - alone).isBetween(400 / 4.0 - 1, 400 / 4.0 + 10);
    }
}

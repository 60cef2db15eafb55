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
import io.hayloft.methods.Methods;
import io.hayloft.tasks.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchRunTest {
    @TempDir
    Path folder;

    private BenchSpecBuilder spec() {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .methods(List.of("snapkv:4x", "full"))
                .tasks(List.of("mini-needle", "mini-code"))
                .lengths(List.of(128, 256))
                .samples(3)
                .out(folder);
    }

    private static RunFolder run(BenchSpec spec, FakeRunner runner, RunListener listener) {
        try (var run = BenchRun.prepare(spec, runner)) {
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
        assertThat(snap.achievedRatio()).isEqualTo(4);
        assertThat(snap.requestedRatio()).isEqualTo(4);
        assertThat(snap.facets()).containsEntry("length", 128).containsKey("depth");
        assertThat(snap.storedBytes()).isEqualTo(snap.cacheBytes() + 8);
        assertThat(snap.decodeSteps()).isEqualTo(2);
        assertThat(snap.compressAfter()).isEqualTo(snap.promptTokens());
        assertThat(snap.output()).isEqualTo("snapkv:4x!");
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
        try (var run = BenchRun.prepare(spec, second)) {
            assertThat(run.plan().samplesDone()).isEqualTo(5);
            assertThat(run.plan().lines()).contains("an earlier start has done 5 of them, 7 are left");
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

    @Test
    void aTornSampleRunsAgainWithAllItsMethods() throws IOException {
        run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        var file = folder.resolve("records.jsonl");
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 20));
        var again = new FakeRunner(1000, false);
        var notes = new ArrayList<String>();
        var done = run(spec().build(), again, new RunListener() {
            @Override
            public void note(String line) {
                notes.add(line);
            }
        });
        assertThat(again.calls).containsExactly(List.of("full", "random:4x", "snapkv:4x"));
        assertThat(notes).hasSize(2);
        assertThat(notes.get(0)).contains("dropped an unfinished last line");
        assertThat(notes.get(1)).startsWith("dropped 2 records of a sample");
        assertThat(Files.readString(file)).isEqualTo(text);
        assertThat(done.records()).hasSize(36);
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
                spec().samples(4).build(),
                spec().methods(List.of("snapkv:8x")).build(),
                spec().protocol(Protocol.QUESTION_AGNOSTIC).build(),
                spec().maxNewTokens(3).build())) {
            assertThatThrownBy(() -> BenchRun.prepare(other, new FakeRunner(1000, false)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("holds another run");
        }
        BenchRun.prepare(spec().threads(7).build(), new FakeRunner(1000, false)).close();
    }

    /** Records of a run must be found again by later versions: this hash may change only with a new version. */
    @Test
    void keysAreStable() {
        var done = run(spec().build(), new FakeRunner(1000, false), RunListener.NONE);
        assertThat(done.records().getFirst().key()).hasSize(32);
        var values = new LinkedHashMap<String, Object>();
        values.put("model", "m");
        values.put("length", 128);
        assertThat(Hashes.of(values))
                .isEqualTo(Hashes.of("model 1 m\nlength 3 128\n").substring(0, 32));
        assertThat(Hashes.of("")).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void keysDependOnTheAnswersAndOnWhereAMethodCompresses() {
        var spec = spec().build();
        var runner = new FakeRunner(1000, false);
        var planned = SampleChoice.of(spec, runner).samples().getFirst();
        var sample = planned.sample();
        var rescored = new Sample(
                sample.task(),
                sample.category(),
                sample.id(),
                sample.prompt(),
                List.of("another answer"),
                sample.allClasses(),
                sample.maxNewTokens(),
                sample.facets());
        var ids = planned.prompt().ids();
        var keys = List.of(
                key(spec, runner, planned, sample, planned.prompt()),
                key(spec, runner, planned, rescored, planned.prompt()),
                key(spec, runner, planned, sample, new EncodedPrompt(ids, ids.length - 1)));
        assertThat(keys).doesNotHaveDuplicates();
    }

    /** A classifier's weights are no part of a method's expression. */
    @Test
    void keysDependOnTheWeightsOfACompressor() {
        var spec = spec().build();
        var runner = new FakeRunner(1000, false);
        var planned = SampleChoice.of(spec, runner).samples().getFirst();
        var before = key(spec, runner, planned, planned.sample(), planned.prompt());
        runner.compressors = Map.of("full", "one hash");
        var first = key(spec, runner, planned, planned.sample(), planned.prompt());
        runner.compressors = Map.of("full", "another hash");
        var second = key(spec, runner, planned, planned.sample(), planned.prompt());
        assertThat(List.of(before, first, second)).doesNotHaveDuplicates();
    }

    @Test
    void resultsOfAnotherBackendAreAnotherRun() {
        var java = new FakeRunner(1000, false);
        var native16 = new FakeRunner(1000, false);
        native16.backend = "onednn";
        var spec = spec().build();
        var planned = SampleChoice.of(spec, java).samples().getFirst();
        assertThat(key(spec, java, planned, planned.sample(), planned.prompt()))
                .isNotEqualTo(key(spec, native16, planned, planned.sample(), planned.prompt()));
        var newer = new FakeRunner(1000, false);
        newer.backend = "onednn";
        newer.backendDetails = "another version";
        assertThat(key(spec, newer, planned, planned.sample(), planned.prompt()))
                .isNotEqualTo(key(spec, native16, planned, planned.sample(), planned.prompt()));
        try (var run = BenchRun.prepare(spec, java)) {
            assertThat(run.plan().notes()).noneMatch(line -> line.contains("backend"));
        }
        assertThatThrownBy(() -> BenchRun.prepare(spec, native16))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("backend was java, is now onednn");
        var other = spec().out(folder.resolve("other")).build();
        try (var run = BenchRun.prepare(other, native16)) {
            assertThat(run.plan().notes()).anyMatch(line -> line.contains("backend onednn"));
        }
    }

    private static String key(
            BenchSpec spec, FakeRunner runner, PlannedSample planned, Sample sample, EncodedPrompt prompt) {
        var other = new PlannedSample(
                planned.task(),
                sample,
                sample.prompt(),
                0,
                prompt,
                planned.promptSha256(),
                planned.length(),
                planned.rules());
        var settings = Identity.settings(spec, runner.model(), List.of(other));
        return Identity.key(spec, runner.model(), other, "full") + Identity.of(settings);
    }

    @Test
    void lengthsBeyondTheContextAreSkippedWithANote() {
        try (var run = BenchRun.prepare(spec().build(), new FakeRunner(200, false))) {
            assertThat(run.plan().samples()).isEqualTo(6);
            assertThat(run.plan().notes()).anyMatch(line -> line.contains("skipped length 256"));
        }
        assertThatThrownBy(() ->
                        BenchRun.prepare(spec().out(folder.resolve("none")).build(), new FakeRunner(100, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("nothing to run");
    }

    @Test
    void aPlanCountsSamplesMethodsTokensAndMemory() {
        try (var run = BenchRun.prepare(spec().build(), new FakeRunner(1000, false))) {
            var plan = run.plan();
            assertThat(plan.samples()).isEqualTo(12);
            assertThat(plan.methods()).isEqualTo(3);
            assertThat(plan.longestPrompt()).isBetween(200, 256);
            assertThat(plan.time()).isPositive();
            // the prefill, full, and a quarter each for random and snapkv
            assertThat(plan.cacheBytes()).isEqualTo(Math.round(2.5 * 512 * plan.longestPrompt()));
            assertThat(plan.lines().getFirst()).startsWith("12 samples x 3 methods with fake model, prompts of ");
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
        var groups = ReadingGroup.of(all);
        assertThat(groups).hasSize(2);
        assertThat(groups.get(1).tokens(1000)).isEqualTo(250);
        var planned = SampleChoice.of(spec().build(), new FakeRunner(1000, false))
                .samples()
                .getFirst();
        double alone = new CostModel(ReadingGroup.of(List.of(full)), Map.of(), 1, 0, 0, 1, 1).seconds(planned);
        double both = new CostModel(groups, Map.of(), 1, 0, 0, 1, 1).seconds(planned);
        int tokens = planned.promptTokens();
        assertThat(both - alone)
                .isBetween(tokens / 4.0 - 1, tokens / 4.0 + planned.rules().maxNewTokens());
    }

    @Test
    void cachesMayTakeAShareOfWhatWeightsAndHeapLeave() {
        assertThat(EngineRunner.cacheMemory(10_000, 3_000, 2_000)).isEqualTo(3_500);
        assertThat(EngineRunner.cacheMemory(1_000, 3_000, 2_000)).isZero();
        assertThat(EngineRunner.cacheMemory(0, 3_000, 2_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void timesReadAsPeopleSayThem() {
        assertThat(Plan.words(Duration.ofMillis(400))).isEqualTo("0 s");
        assertThat(Plan.words(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Plan.words(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
        assertThat(Plan.words(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
    }
}

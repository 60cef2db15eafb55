package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.KeptFile;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose samples another machine answers. */
class SpreadTest {
    private static final Path PATH = ModelStore.open().resolve("hayloft-tiny").path();
    private static final String CLOCK = "2026-01-31T12:00:00Z";
    private static final int ROWS = 4; // two methods, the full cache, and the control that keeps tokens at random

    @TempDir
    Path folder;

    private BenchSpecBuilder spec(String out) {
        return BenchSpec.builder(new ModelChoice("hayloft-tiny", PATH, true))
                .truncation(false)
                .methods(List.of("streaming:4x", "kivi:2bit"))
                .tasks(List.of("mini-needle"))
                .lengths(List.of(128))
                .samples(3)
                .clock(CLOCK)
                .out(folder.resolve(out));
    }

    private static FakeRunner fake() {
        return new FakeRunner(1000, false);
    }

    /** Answers from the last sample to the first, and sends each answer as bytes. */
    private static Spread backwards(SampleJob job) {
        return (samples, clock, done) -> {
            job.renderAt(clock);
            for (var work : samples.reversed()) {
                var answered = job.missing(work.sample(), work.earlier());
                done.accept(work.sample(), Answered.unpacked(answered.packed()));
            }
        };
    }

    private static Spread backwards(BenchSpecBuilder spec) {
        return backwards(SampleJob.open(spec.build(), fake()));
    }

    private static RunFolder run(BenchSpecBuilder spec, Spread spread) {
        try (var run = BenchRun.prepare(spec.build(), fake(), BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE, spread);
        }
    }

    private static Map<String, List<Object>> content(RunFolder run) {
        return run.records().stream()
                .collect(Collectors.toMap(
                        BenchRecord::key,
                        record -> List.of(
                                record.subject(), record.outcome(), record.tokens(), String.valueOf(record.bytes()))));
    }

    private Map<String, String> prompts(String out, RunFolder of) {
        var hashes = of.records().stream().map(BenchRecord::promptSha256).collect(Collectors.toSet());
        return PromptFile.read(folder.resolve(out), hashes);
    }

    /** The other machine is one with a single thread, which its name shows. */
    @Test
    void aRunThatWasAnsweredElsewhereHasAllThatOneHereHas() {
        RunFolder one;
        RunFolder spread;
        try (var here = LanguageModel.load(PATH, LoadOptions.withThreads(2));
                var there = LanguageModel.load(PATH, LoadOptions.withThreads(1))) {
            try (var run = BenchRun.prepare(spec("one").build(), here, BenchRun.Start.PLAIN)) {
                one = run.run(RunListener.NONE);
            }
            try (var run = BenchRun.prepare(spec("spread").build(), here, BenchRun.Start.PLAIN);
                    var job = SampleJob.open(spec("spread").build(), there)) {
                spread = run.run(RunListener.NONE, backwards(job));
            }
        }
        assertThat(content(spread)).isEqualTo(content(one)).hasSize(3 * ROWS);
        assertThat(prompts("spread", one)).isEqualTo(prompts("one", one)).hasSize(3);
        assertThat(KeptFile.read(folder.resolve("spread")))
                .containsExactlyInAnyOrderElementsOf(KeptFile.read(folder.resolve("one")))
                .hasSize(2);
        var machines = RunFolder.read(folder.resolve("spread")).info().machines();
        assertThat(machines).hasSize(2);
        assertThat(spread.records()).allSatisfy(record -> {
            var machine = machines.get(record.origin().machine());
            assertThat(requireNonNull(machine).threads()).isEqualTo(1);
        });
    }

    @Test
    void whatIsThereIsNotAnsweredAgain() {
        run(spec("grown").samples(1), backwards(spec("grown").samples(1)));
        var grown = run(spec("grown"), backwards(spec("grown")));
        assertThat(grown.records()).hasSize(3 * ROWS);
        var runner = fake();
        var job = SampleJob.open(spec("grown").build(), runner);
        var again = run(spec("grown"), (samples, _, done) -> {
            assertThat(samples).allSatisfy(work -> assertThat(work.earlier()).hasSize(ROWS));
            backwards(job).answer(samples, CLOCK, done);
        });
        assertThat(again.records()).isEqualTo(grown.records());
        assertThat(runner.calls).isEmpty();
    }

    @Test
    void promptsThatAreNotWantedAreNotWritten() {
        try (var run = BenchRun.prepare(spec("without").build(), fake(), BenchRun.Start.PLAIN)) {
            run.leaveOutPrompts();
            run.run(RunListener.NONE, backwards(spec("without")));
        }
        assertThat(folder.resolve("without").resolve("records.jsonl")).isNotEmptyFile();
        assertThat(folder.resolve("without").resolve("prompts.jsonl.gz")).doesNotExist();
    }

    /** The prompt of a sample that fails is kept, as on one machine. */
    @Test
    void failuresArriveToo() {
        var failing = fake();
        failing.failsOn = " ";
        var run = run(spec("failed"), backwards(SampleJob.open(spec("failed").build(), failing)));
        assertThat(run.failures()).hasSize(3 * ROWS);
        assertThat(folder.resolve("failed").resolve("prompts.jsonl.gz")).isNotEmptyFile();
    }

    @Test
    void otherFilesOfTheModelAreRefused() {
        Spread other = (samples, clock, done) -> backwards(spec("other")).answer(samples, clock, (sample, answered) -> {
            var worker = answered.worker();
            var another = new Answered.Worker("00".repeat(32), worker.name(), worker.machine());
            done.accept(sample, another.with(answered.lines()));
        });
        assertThatThrownBy(() -> run(spec("other"), other))
                .isInstanceOf(UserError.class)
                .hasMessage("another machine has other files of the model fake model: give all machines the same");
        assertThat(RunFolder.read(folder.resolve("other")).records()).isEmpty();
    }
}

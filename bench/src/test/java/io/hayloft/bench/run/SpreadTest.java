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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose samples another machine answers: here one with a single thread, whose name differs for it. */
class SpreadTest {
    private static final Path PATH = ModelStore.open().resolve("hayloft-tiny").path();
    private static LanguageModel here;
    private static LanguageModel there;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        here = LanguageModel.load(PATH, LoadOptions.withThreads(2));
        there = LanguageModel.load(PATH, LoadOptions.withThreads(1));
    }

    @AfterAll
    static void close() {
        here.close();
        there.close();
    }

    private BenchSpecBuilder spec(String out) {
        return BenchSpec.builder(new ModelChoice("hayloft-tiny", PATH, true))
                .truncation(false)
                .methods(List.of("streaming:4x", "kivi:2bit"))
                .tasks(List.of("mini-needle", "mini-code"))
                .lengths(List.of(128))
                .samples(3)
                .clock("2026-01-31T12:00:00Z")
                .out(folder.resolve(out));
    }

    /** Answers from the last sample to the first, and sends each answer as bytes. */
    private static Spread backwards(BenchSpecBuilder spec) {
        return (samples, clock, done) -> {
            try (var job = SampleJob.open(spec.build(), there)) {
                job.renderAt(clock);
                for (var work : samples.reversed()) {
                    var answered = job.missing(work.sample(), work.earlier());
                    done.accept(work.sample(), Answered.unpacked(answered.packed()));
                }
            }
        };
    }

    private static RunFolder run(BenchSpecBuilder spec, Spread spread) {
        try (var run = BenchRun.prepare(spec.build(), here, false)) {
            return run.run(RunListener.NONE, spread);
        }
    }

    private static RunFolder runHere(BenchSpecBuilder spec) {
        try (var run = BenchRun.prepare(spec.build(), here, false)) {
            return run.run(RunListener.NONE);
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

    @Test
    void aRunThatWasAnsweredElsewhereHasAllThatOneHereHas() {
        var one = runHere(spec("one"));
        var spread = run(spec("spread"), backwards(spec("spread")));

        assertThat(content(spread)).isEqualTo(content(one)).hasSize(2 * 3 * 3);
        assertThat(prompts("spread", one)).isEqualTo(prompts("one", one)).hasSize(6);
        assertThat(KeptFile.read(folder.resolve("spread")))
                .containsExactlyInAnyOrderElementsOf(KeptFile.read(folder.resolve("one")))
                .hasSize(4);
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
        var again = run(spec("grown"), (samples, _, done) -> {
            assertThat(samples).allSatisfy(work -> assertThat(work.earlier()).hasSize(3));
            backwards(spec("grown")).answer(samples, "2026-01-31T12:00:00Z", done);
        });
        assertThat(content(again)).isEqualTo(content(grown)).isEqualTo(content(runHere(spec("one"))));
        assertThat(again.records()).hasSize(2 * 3 * 3);
    }

    @Test
    void promptsThatAreNotWantedAreNotWritten() {
        try (var run = BenchRun.prepare(spec("without").build(), here, false)) {
            run.leaveOutPrompts();
            run.run(RunListener.NONE, backwards(spec("without")));
        }
        assertThat(folder.resolve("without").resolve("records.jsonl")).exists();
        assertThat(Files.exists(folder.resolve("without").resolve("prompts.jsonl.gz")))
                .isFalse();
    }

    @Test
    void otherFilesOfTheModelAreRefused() {
        Spread other = (samples, clock, done) -> backwards(spec("other"))
                .answer(samples, clock, (sample, answered) -> {
                    var worker = answered.worker();
                    var another = new Answered.Worker("00".repeat(32), worker.name(), worker.machine());
                    done.accept(sample, new Answered(another, answered.lines(), null, null));
                });
        assertThatThrownBy(() -> run(spec("other"), other))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("another machine has other files of the model hayloft-tiny");
        assertThat(RunFolder.read(folder.resolve("other")).records()).isEmpty();
    }
}

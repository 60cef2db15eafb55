package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Methods that shorten the prompt run beside those that do not. */
class PromptGroupsTest {
    @TempDir
    Path folder;

    private BenchSpec spec(Protocol protocol, String... methods) {
        return BenchSpec.builder(new ModelChoice("hayloft-tiny", Path.of("none"), true))
                .truncation(false)
                .methods(List.of(methods))
                .tasks(List.of("mini-needle"))
                .lengths(List.of(256))
                .samples(2)
                .protocol(protocol)
                .out(folder)
                .build();
    }

    @Test
    void methodsWithTheSamePromptShareAPrefill() {
        var runner = new FakeRunner(1000, false);
        var spec = spec(
                Protocol.QUESTION_AWARE,
                "snapkv:2x",
                "selective:2x",
                "selective:2x + kivi:4bit,residual=32",
                "selective:4x",
                "selective:1x");
        try (var run = BenchRun.prepare(spec, runner, BenchRun.Start.PLAIN)) {
            run.run(RunListener.NONE);
        }
        assertThat(runner.calls.subList(0, 3))
                .containsExactly(
                        List.of("full", "random:2x", "random:4x", "snapkv:2x", "selective:1x"),
                        List.of("selective:2x", "selective:2x + kivi:4bit,residual=32"),
                        List.of("selective:4x"));
    }

    @ParameterizedTest
    @EnumSource(value = Protocol.class, mode = EnumSource.Mode.EXCLUDE, names = "ALL")
    void recordsTellWhatTheModelReadAndWhatWasSaved(Protocol protocol) {
        var spec = spec(protocol, "snapkv:2x", "selective:2x", "selective:4x", "selective:2x + kivi:4bit,residual=32");
        try (var model = LanguageModel.load(
                        ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
                var run = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
            var done = run.run(RunListener.NONE);
            var first = done.records().stream()
                    .filter(record ->
                            record.sample().equals(done.records().getFirst().sample()))
                    .collect(Collectors.toMap(BenchRecord::method, Function.identity()));
            var full = requireNonNull(first.get("full"));
            var half = requireNonNull(first.get("selective:2x"));
            assertThat(half.promptTokens()).isBetween(full.promptTokens() / 3, full.promptTokens() * 2 / 3);
            assertThat(half.tokens().tokensBeforeTruncation()).isEqualTo(full.promptTokens());
            assertThat(half.fullCacheBytes()).isEqualTo(full.fullCacheBytes());
            assertThat(half.promptSha256()).isEqualTo(full.promptSha256());
            assertThat(half.achievedRatio()).isCloseTo(2, within(0.4));
            assertThat(half.compressSeconds()).isPositive();
            assertThat(half.freeTokens()).isZero();
            assertThat(requireNonNull(first.get("selective:4x")).achievedRatio())
                    .isGreaterThan(half.achievedRatio());
            assertThat(requireNonNull(first.get("selective:2x + kivi:4bit,residual=32"))
                            .promptTokens())
                    .isEqualTo(half.promptTokens());
            assertThat(requireNonNull(first.get("selective:2x + kivi:4bit,residual=32"))
                            .storedBytes())
                    .isLessThan(half.storedBytes());
            assertThat(done.records().stream().map(BenchRecord::method).distinct())
                    .hasSize(spec.methods().size());
        }
    }

    /** Instruction and question are not compressed, and records say so. */
    @Test
    void onlyTheDocumentIsShortened() {
        var spec = spec(Protocol.QUESTION_AWARE, "selective:2x", "selective:1x");
        var runner = new FakeRunner(1000, false);
        var usual = SampleJob.open(spec, runner).choice().planned(0);
        var sample = usual.sample();
        var prompt = new Prompt("one two three ", "a b c d e f g h", " why?", false);
        var other =
                new Sample(sample.task(), sample.category(), "1", prompt, List.of("x"), List.of(), 4, sample.facets());
        var planned = new PlannedSample(
                usual.task(),
                other,
                prompt,
                0,
                runner.encode(prompt, Protocol.QUESTION_AWARE),
                0,
                usual.rules(),
                Protocol.QUESTION_AWARE);
        var methods = Stream.of("full", "selective:2x", "selective:1x")
                .map(Methods::parse)
                .toList();
        var answers = new PromptGroups(runner, planned, spec).answer(methods);
        assertThat(answers.stream().map(answer -> answer.prompt().ids().length)).containsExactly(12, 8, 12);
        var recorder = new Recorder(spec, runner.model());
        var parts = new ArrayList<String>();
        for (int i = 0; i < methods.size(); i++) {
            var record = recorder.record(planned, methods.get(i), answers.get(i));
            parts.add(String.valueOf(record.tokens().shortenedPart()));
        }
        assertThat(parts).containsExactly("null", "document", "null");
    }

    @Test
    void missingWeightsAreToldBeforeTheRun() {
        var spec = spec(Protocol.QUESTION_AWARE, "llmlingua2:2x,model=" + folder.resolve("nothing"));
        try (var model =
                LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(1))) {
            assertThatThrownBy(() -> BenchRun.prepare(spec, model, BenchRun.Start.PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("option model of llmlingua2");
        }
        assertThat(folder).isEmptyDirectory();
    }
}

package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.KeptFile;
import io.hayloft.bench.record.KeptPrompt;
import io.hayloft.bench.record.KeptPrompt.OfMethod;
import io.hayloft.bench.record.KeptPrompt.Source;
import io.hayloft.bench.record.Merge;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.registry.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run of the embedded model writes down of the tokens that its methods keep. */
class KeptTokensTest {
    @TempDir
    Path folder;

    private void run(String out, int samples, String... methods) {
        var path = ModelStore.open().resolve("hayloft-tiny").path();
        var spec = BenchSpec.builder(new ModelChoice("hayloft-tiny", path, true))
                .truncation(false)
                .methods(List.of(methods))
                .tasks(List.of("mini-needle"))
                .lengths(List.of(128))
                .samples(samples)
                .out(folder.resolve(out));
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(2));
                var run = BenchRun.prepare(spec.build(), model, BenchRun.Start.PLAIN)) {
            run.run(RunListener.NONE);
        }
    }

    private static OfMethod of(KeptPrompt prompt, String method) {
        return prompt.methods().stream()
                .filter(one -> one.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFirstSamplesShowWhatEachMethodKeeps() throws Exception {
        run("run", 3, "streaming:4x", "kivi:2bit", "truncation:2x");
        var prompts = KeptFile.read(folder.resolve("run"));
        assertThat(prompts).hasSize(2);
        var prompt = prompts.getFirst();
        int tokens = prompt.tokens().size();
        assertThat(String.join("", prompt.tokens()))
                .startsWith("<bos> The pass key")
                .endsWith(" is");
        assertThat(prompt.parts().stream().map(KeptPrompt.Part::name)).contains("document", "question");
        assertThat(prompt.parts().getFirst().from()).isZero();
        assertThat(prompt.parts().getLast().to()).isEqualTo(tokens);

        assertThat(of(prompt, "full")).isEqualTo(new OfMethod("full", Source.CACHE, null, null));
        assertThat(of(prompt, "kivi:2bit").layers()).isNull();
        int kept = tokens / 4;
        var ranges = "0-3 " + (tokens - kept + 4) + "-" + (tokens - 1);
        assertThat(of(prompt, "streaming:4x").layers())
                .allSatisfy(heads -> assertThat(heads).hasSize(2).containsOnly(ranges));
        assertThat(of(prompt, "truncation:2x").source()).isEqualTo(Source.TEXT);
        assertThat(requireNonNull(of(prompt, "truncation:2x").layers())
                        .getFirst()
                        .getFirst())
                .matches("0-\\d+ \\d+-" + (tokens - 1));
    }

    @Test
    void aRunThatGrowsAndPartsThatAreMergedKeepAll() throws Exception {
        run("one", 1, "streaming:4x");
        run("one", 1, "streaming:4x", "random:4x");
        var grown = KeptFile.read(folder.resolve("one")).getFirst();
        assertThat(grown.methods().stream().map(OfMethod::method)).contains("full", "streaming:4x", "random:4x");

        run("two", 1, "knorm:4x");
        Merge.of(folder.resolve("both"), List.of(folder.resolve("one"), folder.resolve("two")));
        var both = KeptFile.read(folder.resolve("both"));
        assertThat(both).hasSize(1);
        assertThat(both.getFirst().methods().stream().map(OfMethod::method)).contains("random:4x", "knorm:4x");
        assertThat(folder.resolve("both").resolve(KeptFile.NAME + ".new")).doesNotExist();
    }

    /** Named parts of a prompt have the share of their tokens that the cache still holds. */
    @Test
    void sharesOfNamedParts() {
        var path = ModelStore.open().resolve("hayloft-tiny").path();
        var spec =
                BenchSpec.builder(new ModelChoice("hayloft-tiny", path, true)).build();
        var words = "the amber otter was beside the bitter plum . ".repeat(8);
        var prompt = new Prompt(
                "",
                words.strip(),
                " Recall : the",
                false,
                List.of(),
                List.of(
                        new Prompt.Span("first", 0, "the amber otter".length()),
                        new Prompt.Span("half", "the amber ".length(), "the amber otter was".length()),
                        new Prompt.Span("middle", words.length() / 2, words.length() / 2 + "the amber".length())),
                false);
        var sample = new Sample("mini-needle", Category.NEEDLE, "1", prompt, List.of("x"), List.of(), 2, Map.of());
        var methods = Stream.of("full", "streaming:4x", "kivi:2bit")
                .map(Methods::parse)
                .toList();
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(2));
                var runner = new EngineRunner(spec, model)) {
            var encoded = runner.encode(prompt, Protocol.QUESTION_AWARE);
            var rules = new AnswerRules(2, 0, false, 1, AnswerRules.NO_THOUGHTS);
            var planned = new PlannedSample(
                    Tasks.named("mini-needle"), sample, prompt, 0, encoded, 128, rules, Protocol.QUESTION_AWARE);
            var kept = new KeptTokens(runner, planned);
            runner.answer(encoded, methods, rules, kept.of(encoded, methods));

            assertThat(kept.spans(methods.get(0))).isEqualTo(Map.of("first", 1.0, "half", 1.0, "middle", 1.0));
            assertThat(kept.spans(methods.get(1))).isEqualTo(Map.of("first", 1.0, "half", 0.5, "middle", 0.0));
            assertThat(kept.spans(methods.get(2))).isEqualTo(Map.of("first", 1.0, "half", 1.0, "middle", 1.0));
            assertThat(kept.prompt().orElseThrow().parts().stream().map(KeptPrompt.Part::name))
                    .contains("first", "half", "middle");
        }
    }
}

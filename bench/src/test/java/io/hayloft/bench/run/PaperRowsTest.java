package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.paper.PaperCompat;
import io.hayloft.bench.paper.PaperRows;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tokenizer.ChatFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --paper-compat} changes, switch by switch, and that nothing changes without it. */
class PaperRowsTest {
    @TempDir
    Path folder;

    /** A sample of LongBench with a document of 300 words. */
    private BenchSpecBuilder spec(int limit) throws IOException {
        var document = "word ".repeat(300).strip();
        Files.writeString(folder.resolve("qasper.jsonl"), """
            {"_id": "one", "context": "%s", "input": "why", "answers": ["so"], "length": 300, "all_classes": null}
            """.formatted(document));
        return BenchSpec.builder(new ModelChoice("fake", Path.of("none"), false))
                .truncation(false)
                .tasks(List.of("qasper"))
                .data(folder)
                .limitTokens(limit)
                .samples(1);
    }

    private RunFolder run(BenchSpec spec, FakeRunner runner) {
        try (var run = BenchRun.prepare(spec, runner, BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    private static BenchRecord record(RunFolder run, String method) {
        return run.records().stream()
                .filter(record -> record.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void windowsReadWholePromptsAndCountOnTheLimit() throws IOException {
        var methods = List.of("h2o:4x", "streaming:4x", "infllm:2x");
        var runner = new FakeRunner(2000, false);
        var alike = run(spec(100).methods(methods).out(folder.resolve("alike")).build(), runner);
        assertThat(alike.records()).allMatch(record -> record.promptTokens() <= 110);
        assertThat(alike.info().settings()).doesNotContainKey("paper_compat");

        runner.calls.clear();
        var paper = run(
                spec(100)
                        .methods(methods)
                        .paperCompat(true)
                        .out(folder.resolve("paper"))
                        .build(),
                runner);
        assertThat(record(paper, "full").promptTokens()).isLessThan(110);
        assertThat(record(paper, "h2o-paper:4x").promptTokens()).isLessThan(110);
        assertThat(record(paper, "streaming-paper:4x").promptTokens()).isGreaterThan(300);
        assertThat(record(paper, "infllm:2x").promptTokens()).isGreaterThan(300);
        assertThat(runner.calls).contains(List.of("streaming-paper:25", "infllm:50"));
        assertThat(paper.info().identity()).isNotEqualTo(alike.info().identity());
        assertThat(String.valueOf(paper.info().settings().get("paper_compat")))
                .contains("methods", "truncation", "budget", "chat", "start-token", "needle-text", "ratio")
                .doesNotContain("needle-method");
        assertThat(paper.info().notes()).anyMatch(note -> note.startsWith("paper-compat truncation: "));
    }

    @Test
    void wholePromptsThatDoNotFitTheContextAreCutForAll() throws IOException {
        var paper = run(
                spec(100)
                        .methods(List.of("streaming:4x"))
                        .paperCompat(true)
                        .out(folder.resolve("paper"))
                        .build(),
                new FakeRunner(250, false));
        assertThat(record(paper, "streaming-paper:4x").promptTokens()).isLessThan(110);
    }

    /** What is left of a prompt is what the context must take, so that shortening begins with all of it. */
    @Test
    void aClassifierShortensWholeDocumentsIfWhatIsLeftFits() throws IOException {
        var methods = List.of("selective:8x", "selective:2x");
        var runner = new FakeRunner(400, false);
        var spec = spec(100).methods(methods).paperCompat(true).build();
        var planned = planned(spec, runner);
        var answers =
                answers(runner, spec, planned, "llmlingua2:8x,rate=gpt", "llmlingua2:1.1x,rate=gpt", "selective:8x");

        int around = runner.tokens().encode(planned.uncut().withDocument("").text()).length;
        assertThat(answers.get(0).prompt().ids().length).isEqualTo(around + 300 / 8);
        assertThat(answers.get(0).completion().bytes().full()).isGreaterThan(300 * 512L);
        assertThat(answers.get(0).shortenedPart()).isEqualTo("document");
        assertThat(answers.get(1).completion().bytes().full()).isLessThan(110 * 512L);
        assertThat(answers.get(2).completion().bytes().full()).isLessThan(110 * 512L);
    }

    @Test
    void aClassifierShortensNeedlesWithTheirQuestion() {
        var spec = BenchSpec.builder(new ModelChoice("fake", Path.of("none"), false))
                .truncation(false)
                .tasks(List.of("mini-needle"))
                .lengths(List.of(64))
                .methods(List.of("selective:2x"))
                .paperCompat(true)
                .build();
        var runner = new FakeRunner(250, false);
        var answers = answers(runner, spec, planned(spec, runner), "llmlingua2:2x,rate=gpt", "selective:2x");
        assertThat(answers.get(0).shortenedPart()).isEqualTo("prompt");
        assertThat(answers.get(0).prompt().ids().length)
                .isLessThan(answers.get(1).prompt().ids().length);
        assertThat(answers.get(1).shortenedPart()).isNotEqualTo("prompt");
    }

    private static PlannedSample planned(BenchSpec spec, FakeRunner runner) {
        return SampleJob.open(spec, runner).choice().planned(0);
    }

    private static List<Answer> answers(FakeRunner runner, BenchSpec spec, PlannedSample planned, String... methods) {
        return new PromptGroups(runner, planned, spec)
                .answer(Stream.of(methods).map(Methods::parse).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ bos_token }}{{ messages[0].content }}", "{{ messages[0].content }}"})
    void startTokensRepeatWhereTheTemplateWritesThemToo(String template) throws IOException {
        try (var model =
                LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(1))) {
            var tokenizer = model.tokenizer();
            int start = tokenizer.bosId().orElseThrow();
            Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"bos_token": "%s", "chat_template": "%s"}
                """.formatted(tokenizer.token(start), template));
            var prompts = new PromptEncoder(tokenizer, ChatFormat.fromFolder(folder));
            assertThat(prompts.startTokens()).isEqualTo(1);
            assertThat(prompts.repeatedBos())
                    .isEqualTo(template.contains("bos") ? OptionalInt.of(start) : OptionalInt.empty());
            assertThat(new PromptEncoder(tokenizer, Optional.empty()).repeatedBos())
                    .isEmpty();
        }
    }

    /** Mistral is known by its template, not by the name of a file. */
    @Test
    void windowedMethodsHaveOneBosTokenWhereMessagesAreInInstructionTags() throws IOException {
        var spec = spec(100).methods(List.of("streaming:4x")).paperCompat(true).build();
        var planned = planned(spec, new FakeRunner(2000, false));
        for (boolean tags : List.of(true, false)) {
            var rows = new PaperRows(
                    new PaperCompat(Map.of(), Map.of()),
                    planned.sample(),
                    planned.uncut(),
                    new PaperRows.Limits(0, 0, 0, 0),
                    tags);
            assertThat(rows.startsTwice(Methods.parse("streaming-paper:4x"))).isEqualTo(!tags);
            assertThat(rows.startsTwice(Methods.parse("full"))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[INST] {{ messages[0].content }} [/INST]", "{{ messages[0].content }}"})
    void instructionTagsAreFoundInTheTemplate(String template) throws IOException {
        try (var model =
                LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(1))) {
            Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"" + template + "\"}");
            var prompts = new PromptEncoder(model.tokenizer(), ChatFormat.fromFolder(folder));
            assertThat(prompts.hasInstructionTags()).isEqualTo(template.contains("INST"));
        }
    }

    @Test
    void requestedRatiosAreThePapers() throws IOException {
        var paper = run(
                spec(100)
                        .methods(List.of("kivi:2bit", "infllm:5.88235x"))
                        .paper(new PaperCompat(Map.of(), Map.of("infllm:5.88235x", 6.0)))
                        .paperCompat(true)
                        .out(folder.resolve("paper"))
                        .build(),
                new FakeRunner(2000, false));
        assertThat(record(paper, "kivi-paper:2bit").requestedRatio()).isEqualTo(5.05);
        assertThat(record(paper, "infllm:5.88235x").requestedRatio()).isEqualTo(6);
    }

    @Test
    void needlesRunWhatTheConfigurationsSaid() {
        var runner = new FakeRunner(4000, true);
        var spec = BenchSpec.builder(new ModelChoice("fake", Path.of("none"), false))
                .truncation(false)
                .tasks(List.of("mini-needle"))
                .lengths(List.of(256))
                .methods(List.of("streaming-paper:8x", "selective:2x"))
                .samples(1)
                .paper(new PaperCompat(Map.of("streaming-paper:8x", "full"), Map.of()))
                .paperCompat(true)
                .out(folder.resolve("needle"))
                .build();
        var paper = run(spec, runner);
        assertThat(runner.calls.getFirst()).contains("full", "random:2x", "random:8x");
        assertThat(runner.calls).contains(List.of("full"));
        assertThat(record(paper, "streaming-paper:8x").output()).isEqualTo("full!");
        assertThat(String.valueOf(paper.info().settings().get("paper_compat"))).contains("needle-method");
    }

    @Test
    void formsOfThePaperReplacePlainNames() throws IOException {
        var spec = spec(100)
                .methods(List.of("flexgen:4bit", "h2o:4x,heads=query", "llmlingua2:4x", "tova:2x"))
                .paperCompat(true)
                .build();
        assertThat(spec.methods())
                .contains("flexgen-paper:4bit", "h2o:4x,heads=query", "llmlingua2:4x,rate=gpt", "tova:2x");
        assertThatThrownBy(() -> spec(100)
                        .paperCompat(true)
                        .protocol(Protocol.QUESTION_AGNOSTIC)
                        .build())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--protocol");
    }

    @Test
    void aSecondStartTokenNeedsAFirstOne() {
        var prompt = new EncodedPrompt(new int[] {1, 7, 8}, 2);
        assertThat(prompt.startingTwice(OptionalInt.of(1)).ids()).containsExactly(1, 1, 7, 8);
        assertThat(prompt.startingTwice(OptionalInt.of(1)).compressAfter()).isEqualTo(3);
        assertThat(prompt.startingTwice(OptionalInt.of(2))).isSameAs(prompt);
        assertThat(prompt.startingTwice(OptionalInt.empty())).isSameAs(prompt);
    }
}

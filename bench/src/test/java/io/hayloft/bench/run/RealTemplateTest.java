package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real texts through the chat format of a real model. */
class RealTemplateTest {
    private @Nullable LanguageModel loaded;
    private Path data = Path.of("");
    private Path file = Path.of("");

    @TempDir
    Path folder;

    @BeforeEach
    void load() {
        file = Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
        data = Shared.path("longbench/samples");
        loaded = LanguageModel.load(file, LoadOptions.withThreads(2));
    }

    @AfterEach
    void close() {
        if (loaded != null) {
            loaded.close();
        }
    }

    private BenchSpec spec(String task, Protocol protocol, String method) {
        return BenchSpec.builder(new ModelChoice("smollm2", file, false))
                .truncation(false)
                .methods(List.of(method))
                .tasks(List.of(task))
                .data(data)
                .limitTokens(500)
                .samples(2)
                .protocol(protocol)
                .out(folder.resolve(task + protocol.text()))
                .build();
    }

    private LanguageModel model() {
        return requireNonNull(loaded);
    }

    /** The rules stand in a message of their own, and their tokens are found there. */
    @Test
    void rulesAreASystemMessage() {
        var spec = BenchSpec.builder(new ModelChoice("smollm2", file, false))
                .truncation(false)
                .methods(List.of("streaming:4x"))
                .tasks(List.of("instructions"))
                .lengths(List.of(300))
                .samples(1)
                .maxNewTokens(4)
                .build();
        try (var job = SampleJob.open(spec, model())) {
            var text = String.join(
                    "", job.runner().pieces(job.choice().planned(0).prompt().ids()));
            assertThat(text).startsWith("<|im_start|>system\nThese rules hold");
            assertThat(text).contains("<|im_end|>\n<|im_start|>user\nRead this text:");
            for (var record : job.run(0)) {
                var kept = requireNonNull(record.tokens().keptSpans());
                assertThat(kept).containsOnlyKeys("secret", "format", "persona");
                assertThat(kept.get("persona")).isBetween(0.0, record.method().equals("full") ? 1.0 : 0.5);
            }
        }
    }

    private RunFolder run(BenchSpec spec) {
        try (var run = BenchRun.prepare(spec, model(), BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    /** The question and the end of the chat format reach the cache after compression; the tokens are the same. */
    @Test
    void aQuestionAfterCompressionIsPartOfTheSameChat() {
        var spec = spec("qasper", Protocol.QUESTION_AGNOSTIC, "snapkv:4x");
        var runner = new EngineRunner(spec, model());
        for (int i = 0; i < 2; i++) {
            var planned = SampleJob.open(spec, runner).choice().planned(i);
            var aware = runner.encode(planned.sample().prompt(), Protocol.QUESTION_AWARE);
            assertThat(planned.prompt().ids()).isEqualTo(aware.ids());
            int after = planned.prompt().compressAfter();
            var context = runner.tokens().decode(planned.prompt().prefix(after).ids());
            var question = planned.sample().prompt().question().strip();
            assertThat(context).startsWith("system").contains("user").doesNotContain(question);
            int length = planned.promptTokens() - after;
            assertThat(length).isBetween(runner.tokens().count(question), 200);
        }
        var records = run(spec).records();
        assertThat(records).hasSize(2 * 3).allSatisfy(record -> {
            assertThat(record.compressAfter()).isLessThan(record.promptTokens());
            assertThat(record.freeTokens()).isZero();
        });
    }

    /** The official run ends summaries of chats at a line feed, which cannot be the first token. */
    @Test
    void samsumEndsAtALineFeedThatIsNotTheFirstToken() {
        var records = run(spec("samsum", Protocol.QUESTION_AWARE, "full")).records();
        assertThat(records).extracting(BenchRecord::method).contains("full");
        int newline = new PromptEncoder(model().tokenizer(), model().chat()).newlineToken();
        assertThat(model().tokenizer().decode(new int[] {newline}, false)).isEqualTo("\n");
        for (var record : records) {
            assertThat(record.output()).isNotEmpty().doesNotStartWith("\n");
            assertThat(model().tokenizer().encode(record.output(), false, false))
                    .doesNotContain(newline);
            assertThat(record.stopReason()).isIn("eos", "length");
        }
    }
}

package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.longbench.ChoiceTask;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Shared;
import io.hayloft.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** LongBench v2 with a real tokenizer and a real model. */
class ChoiceRunTest {
    @TempDir
    Path folder;

    /** The cuts of the published program, with and without a BOS token; it cuts second prompts, too. */
    @Test
    void promptsAreCutAsPublished() throws IOException {
        var tokenizer = Tokenizers.fromFolder(Shared.path("evaluation/ruler/tokenizer"));
        var cuts = Files.readAllLines(Shared.path("evaluation/longbench-v2/truncation.jsonl"));
        assertThat(cuts).hasSize(48);
        int seconds = 0;
        for (var line : cuts) {
            var cut = JsonMapper.shared().readTree(line);
            boolean bos = cut.get("branch").stringValue().equals("model_map");
            var tokens = new TokenCounter() {
                @Override
                public int[] encode(String text) {
                    return tokenizer.encode(text, false, false);
                }

                @Override
                public String decode(int[] ids) {
                    return tokenizer.decode(ids, true);
                }

                @Override
                public int startTokens() {
                    return bos ? 1 : 0;
                }
            };
            var prompt = new Prompt("", cut.get("text").stringValue(), true);
            assertThat(tokens.count(prompt.text()) + tokens.startTokens())
                    .isEqualTo(cut.get("tokens").intValue());
            assertThat(ChoiceTask.cut(prompt, cut.get("max_len").intValue(), tokens)
                            .text())
                    .as(cut.get("id").stringValue())
                    .isEqualTo(cut.get("result").stringValue());
            if (prompt.text().equals(prompt.text().strip())) { // replies are trimmed
                assertThat(planned(cut.get("max_len").intValue())
                                .second(prompt.text(), tokens)
                                .text())
                        .as("second prompt %s", cut.get("id").stringValue())
                        .isEqualTo(cut.get("result").stringValue());
                seconds++;
            }
        }
        assertThat(seconds).isEqualTo(24);
    }

    /** A sample whose second prompt is the reply to the first, cut to a limit. */
    private static PlannedSample planned(int limit) {
        var first = new Prompt("", "a", true);
        var second = new Sample.SecondCall("$COT$", 128);
        var sample = new Sample("v2", Category.SYNTHETIC, "a", first, List.of(), List.of(), 1, Map.of(), second);
        var rules = new AnswerRules(1, 0, false, 0, AnswerRules.NO_THOUGHTS);
        var ids = new EncodedPrompt(new int[1], 1);
        var task = Tasks.named("longbench-v2-cot");
        return new PlannedSample(task, sample, first, limit, ids, 0, rules, Protocol.QUESTION_AWARE);
    }

    /** The second call is a prompt of its own: the same as asking it alone, with the first reply in it. */
    @Test
    void theAnswerIsThatOfTheSecondCall() throws IOException {
        Files.writeString(
                folder.resolve("longbench-v2.jsonl"),
                Files.readAllLines(Shared.path("evaluation/longbench-v2/samples.jsonl"))
                        .getFirst());
        var file = Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
        var spec = BenchSpec.builder(new ModelChoice("smollm2", file, false))
                .tasks(List.of("longbench-v2-cot"))
                .methods(List.of("full", "snapkv:2x"))
                .truncation(false)
                .data(folder)
                .limitTokens(300)
                .maxNewTokens(12)
                .build();
        try (var model = LanguageModel.load(file, LoadOptions.withThreads(2));
                var job = SampleJob.open(spec, model)) {
            var planned = job.choice().planned(0);
            var records = job.run(0);
            assertThat(records).hasSize(3);
            for (var record : records) {
                var thoughts = Objects.requireNonNull(record.outcome().thoughts());
                var call = Objects.requireNonNull(planned.sample().second());
                EncodedPrompt second = job.runner().encode(call.prompt(thoughts), Protocol.QUESTION_AWARE);
                var method = job.methods().stream()
                        .filter(one -> one.name().equals(record.method()))
                        .toList();
                var alone = job.runner().answer(second, method, planned.rules()).getFirst();
                assertThat(record.output()).as(record.method()).isEqualTo(alone.text());
                assertThat(record.tokens().generatedTokens())
                        .isEqualTo(record.tokens().thinkingTokens() + alone.ids().length);
                assertThat(requireNonNull(record.bytes()).fullCacheBytes())
                        .isGreaterThanOrEqualTo(
                                job.runner().fullCacheBytes(record.tokens().compressAfter()));
            }
        }
    }
}

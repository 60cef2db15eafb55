package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.engine.model.DecodeRows;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers of a real model to real samples, against a plain loop that follows the rules of the official LongBench program:
 * greedy, an EOS token ends an answer; for samsum the line feed token does too, and neither can be the first token.
 */
class OfficialRulesTest {
    private static final Set<String> WITHOUT_CHAT = Set.of("trec", "triviaqa", "samsum", "lsht", "lcc", "repobench-p");
    private static final int SHORT_ANSWER = 8;
    private static final SampleRequest ANY = new SampleRequest(0, 1, 0, null, 0, NoTokens.INSTANCE);

    /** No task needs a tokenizer to say how long its answers are. */
    private enum NoTokens implements TokenCounter {
        INSTANCE;

        @Override
        public int[] encode(String text) {
            throw new AssertionError(text);
        }

        @Override
        public String decode(int[] ids) {
            throw new AssertionError(ids.length);
        }
    }

    @Test
    void answersToEveryTaskAreThoseOfTheOfficialLoop() {
        try (var model = smol()) {
            var runner = new EngineRunner(spec(Tasks.longBench(), 1, 100), model);
            var choice = SampleChoice.of(spec(Tasks.longBench(), 1, 100), runner);
            assertThat(choice.count()).isEqualTo(16);
            for (int i = 0; i < choice.count(); i++) {
                assertOfficial(runner, model, choice.planned(i), SHORT_ANSWER);
            }
        }
    }

    /** Without the rule nearly all of these answers would begin with a line feed. */
    @Test
    void samsumStopsAtTheLineFeedTokenAndScoresAsOfficially() {
        var samsum = List.of(Tasks.named("samsum"));
        try (var model = smol()) {
            var runner = new EngineRunner(spec(samsum, 3, 400), model);
            var choice = SampleChoice.of(spec(samsum, 3, 400), runner);
            int newline = new PromptEncoder(model.tokenizer(), model.chat()).newlineToken();
            int lineFeedsFirst = 0;
            double official = 0;
            double withoutRule = 0;
            for (int i = 0; i < choice.count(); i++) {
                var planned = choice.planned(i);
                var text = assertOfficial(runner, model, planned, 128);
                assertThat(text).isNotBlank().doesNotStartWith("\n");
                official += planned.task().score(planned.sample(), text);
                var plain = greedy(model, planned, 64, Set.copyOf(model.config().eosIds()), 0);
                lineFeedsFirst += plain.length > 0 && plain[0] == newline ? 1 : 0;
                withoutRule +=
                        planned.task().score(planned.sample(), model.tokenizer().decode(plain, true));
            }
            assertThat(lineFeedsFirst).isGreaterThan(choice.count() / 2);
            assertThat(official).isGreaterThan(1.5 * withoutRule);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"longbench", "longbench-zh", "longbench-e"})
    void rulesOfEveryTaskAreTheOfficialOnes(String group) {
        var lengths = JsonMapper.shared()
                .readTree(Shared.path("longbench/config/dataset2maxlen.json").toFile());
        for (var task : Tasks.parse(group)) {
            var official = task.name().replaceFirst("_e$", "");
            boolean samsum = official.equals("samsum");
            assertThat(task.stop().atNewline()).as(task.name()).isEqualTo(samsum);
            assertThat(task.stop().minNewTokens()).as(task.name()).isEqualTo(samsum ? 1 : 0);
            assertThat(task.longestAnswer(ANY))
                    .as(task.name())
                    .isEqualTo(lengths.get(official).intValue());
        }
    }

    private static String assertOfficial(EngineRunner runner, LanguageModel model, PlannedSample planned, int most) {
        var task = planned.task().name();
        var prompt = planned.sample().prompt();
        assertThat(prompt.chat()).as(task).isEqualTo(!WITHOUT_CHAT.contains(task));
        var rules = planned.rules();
        int longest = Math.min(rules.maxNewTokens(), most);
        var answer = runner.answer(
                        planned.prompt(),
                        List.of(Methods.parse("full")),
                        new AnswerRules(longest, rules.minNewTokens(), rules.atNewline(), rules.seed()))
                .getFirst();
        var ends = new HashSet<>(model.config().eosIds());
        if (task.equals("samsum")) {
            int[] lineFeed = model.tokenizer().encode("\n", false, false);
            ends.add(lineFeed[lineFeed.length - 1]);
        }
        int[] expected = greedy(model, planned, longest, ends, task.equals("samsum") ? 1 : 0);
        assertThat(answer.ids()).as(task).isEqualTo(expected);
        assertThat(answer.text()).as(task).isEqualTo(model.tokenizer().decode(expected, true));
        return answer.text();
    }

    /** The chosen tokens up to the first of {@code ends}, none of which is chosen before {@code least} others. */
    private static int[] greedy(LanguageModel model, PlannedSample planned, int most, Set<Integer> ends, int least) {
        var prompt = planned.prompt().ids();
        var chosen = new ArrayList<Integer>();
        var logits = new float[model.config().vocabulary()];
        try (var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), prompt.length + most)) {
            var how = PrefillOptions.logits(LogitsSink.of(prompt.length - 1, logits));
            model.decoder().prefill(prompt, 0, prompt.length, cache, how);
            while (chosen.size() < most) {
                if (chosen.size() < least) {
                    ends.forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
                }
                int next = VectorOps.argMax(logits, 0, logits.length);
                if (ends.contains(next)) {
                    break;
                }
                chosen.add(next);
                var step = new DecodeRows(new int[] {next}, new SequenceCache[] {cache}, new int[] {prompt.length});
                model.decoder().step(step, logits, StepTimes.NONE);
            }
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    private static LanguageModel smol() {
        return LanguageModel.load(smolFile(), LoadOptions.withThreads(2));
    }

    private static Path smolFile() {
        return Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    private static BenchSpec spec(List<Task> tasks, int samples, int limit) {
        return BenchSpec.builder(new ModelChoice("smollm2", smolFile(), false))
                .tasks(tasks.stream().map(Task::name).toList())
                .data(Shared.path("longbench/samples"))
                .limitTokens(limit)
                .samples(samples)
                .build();
    }
}

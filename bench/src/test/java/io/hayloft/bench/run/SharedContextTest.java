package io.hayloft.bench.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.methods.Method;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One context, many questions; and where a question stands when methods compress. */
class SharedContextTest {
    private static final List<String> METHODS =
            List.of("full", "random:4x", "kivi:2bit", "h2o:4x", "tova:4x", "streaming:4x", "infllm:4x");

    @TempDir
    Path folder;

    private static ModelChoice tiny() {
        return new ModelChoice(
                "hayloft-tiny", ModelStore.open().resolve("hayloft-tiny").path(), true);
    }

    private static LanguageModel load() {
        return LanguageModel.load(tiny().path(), LoadOptions.withThreads(2));
    }

    private BenchSpec spec(String task, Protocol protocol, int samples) {
        return BenchSpec.builder(tiny())
                .methods(METHODS)
                .tasks(List.of(task))
                .lengths(List.of(512))
                .samples(samples)
                .protocol(protocol)
                .out(folder.resolve(task + protocol.text()))
                .build();
    }

    /** Questions of a context, and one of the next, each against a context that is read for it alone. */
    @Test
    void questionsEqualAskingEachAlone() {
        var spec = spec("mini-questions", Protocol.QUESTION_AGNOSTIC, 6);
        var methods = everyMethodWithACache();
        var names = methods.stream().map(Method::name).toList();
        try (var model = load();
                var runner = new EngineRunner(spec, model)) {
            var choice = SampleChoice.of(spec, runner);
            for (int i : new int[] {0, 4, 5}) { // the first and the last of a context, and one of the next
                var planned = choice.planned(i);
                var prompt = planned.prompt();
                assertThat(prompt.shared()).isTrue();
                var together = runner.answer(prompt, methods, planned.rules());
                var options = new GenerationOptions(
                        planned.rules().maxNewTokens(),
                        0,
                        GenerationOptions.greedy(1).sampling(),
                        Set.of(),
                        null,
                        GenerationOptions.greedy(1).cacheType(),
                        GenerationOptions.greedy(1).prefillChunk(),
                        0,
                        Long.MAX_VALUE,
                        planned.rules().seed());
                for (int m = 0; m < methods.size(); m++) {
                    var alone = alone(model, prompt, methods.get(m), options);
                    assertThat(together.get(m).ids()).as(names.get(m)).isEqualTo(alone.ids());
                    assertThat(together.get(m).bytes()).as(names.get(m)).isEqualTo(alone.bytes());
                    assertThat(together.get(m).text()).isEqualTo(alone.text());
                }
            }
        }
    }

    /** The examples of the registry, and a composition, without methods that shorten the text. */
    private static List<Method> everyMethodWithACache() {
        var examples = Methods.all().stream().map(MethodInfo::example);
        var methods = Stream.concat(examples, Stream.of("snapkv:2x + kivi:4bit"))
                .map(Methods::parse)
                .filter(method -> method.prompt().isEmpty())
                .toList();
        assertThat(methods).hasSizeGreaterThanOrEqualTo(17);
        return methods;
    }

    private static Completion alone(
            LanguageModel model, EncodedPrompt prompt, Method method, GenerationOptions options) {
        return Generation.run(
                        model, prompt.ids(), prompt.compressAfter(), List.of(method), options, GenerationListener.NONE)
                .getFirst();
    }

    /** The second turn goes on from the model's own answer; the records of a context are one cluster. */
    @Test
    void turnsGoOnFromTheModelsAnswers() {
        try (var model = load();
                var run =
                        BenchRun.prepare(spec("mini-turns", Protocol.QUESTION_AWARE, 6), model, BenchRun.Start.PLAIN)) {
            var records = run.run(RunListener.NONE).records();
            assertThat(records)
                    .extracting(record -> record.subject().protocol())
                    .containsOnly("question-agnostic");
            assertThat(records.stream()
                            .map(record -> record.facets().get("context"))
                            .distinct())
                    .hasSize(2);
            var full = records.stream()
                    .filter(record -> record.method().equals("full"))
                    .toList();
            assertThat(full)
                    .hasSize(6)
                    .extracting(record -> record.facets().get("turn"))
                    .containsOnly(0, 1, 2);
            for (int context = 0; context < 2; context++) {
                var first = full.get(3 * context);
                var second = full.get(3 * context + 1);
                assertThat(second.promptTokens())
                        .isEqualTo(first.promptTokens() + first.generatedTokens() + 3); // ", located in"
                assertThat(second.compressAfter()).isEqualTo(first.compressAfter());
            }
        }
    }

    @Test
    void aRunByAllProtocolsHasEachSampleThreeTimes() {
        var spec = spec("mini-single-doc-qa", Protocol.ALL, 3);
        try (var model = load()) {
            try (var run = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
                var records = run.run(RunListener.NONE).records();
                assertThat(records).hasSize(9 * spec.methods().size());
                var prompts = new HashMap<String, BenchRecord>();
                records.stream()
                        .filter(record -> record.method().equals("full"))
                        .forEach(record ->
                                prompts.put(record.sample() + record.subject().protocol(), record));
                for (var sample :
                        records.stream().map(BenchRecord::sample).distinct().toList()) {
                    var aware = requireNonNull(prompts.get(sample + "question-aware"));
                    var agnostic = requireNonNull(prompts.get(sample + "question-agnostic"));
                    var other = requireNonNull(prompts.get(sample + "other-question"));
                    assertThat(aware.compressAfter()).isEqualTo(aware.promptTokens());
                    assertThat(agnostic.promptTokens()).isEqualTo(aware.promptTokens());
                    assertThat(agnostic.compressAfter()).isLessThan(agnostic.promptTokens());
                    assertThat(agnostic.output()).isEqualTo(aware.output());
                    assertThat(other.promptTokens()).isGreaterThan(aware.promptTokens());
                    assertThat(other.promptTokens() - other.compressAfter())
                            .isEqualTo(agnostic.promptTokens() - agnostic.compressAfter());
                }
            }
            try (var again = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
                assertThat(again.plan().samplesDone()).isEqualTo(9);
            }
        }
    }

    @Test
    void theOtherQuestionIsThatOfAnotherSample() {
        var spec = spec("mini-questions", Protocol.OTHER_QUESTION, 5);
        try (var model = load();
                var runner = new EngineRunner(spec, model)) {
            var choice = SampleChoice.of(spec, runner);
            var plain = SampleChoice.of(spec("mini-questions", Protocol.QUESTION_AWARE, 5), runner);
            for (int i = 0; i < 5; i++) {
                var document = choice.planned(i).sample().prompt().document();
                var own = plain.planned(i).sample().prompt();
                assertThat(document).startsWith(own.document());
                var other = document.substring(own.document().length());
                assertThat(other).isNotEqualTo(own.question());
                assertThat(Stream.of(0, 1, 2, 3, 4)
                                .map(at -> plain.planned(at).sample().prompt().question()))
                        .contains(other);
            }
        }
    }
}

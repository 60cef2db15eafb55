package io.hayloft.bench.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.CacheBytes;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of caches that were predicted, beside those of answers. */
class CachePredictorTest {
    private static final KvCodec F16 = new KvCodec.F16();

    /** Every method of the registry whose cache is made by the model alone, and what they compose. */
    private static List<Method> methods() {
        var expressions = new ArrayList<String>();
        for (var info : Methods.all()) {
            expressions.add(info.example());
        }
        expressions.addAll(List.of(
                "kivi:k=4,v=2",
                "kivi:8bit,group=64,residual=256",
                "flexgen:2bit,group=32",
                "snapkv:4x + kivi:4bit",
                "h2o:4x + flexgen:4bit",
                "h2o:256",
                "knorm:2.5x",
                "streaming:4x,positions=slot",
                "streaming:4x,positions=clamped",
                "streaming:4x,prefill=windowed",
                "streaming:128,decode=grow + kivi:2bit",
                "infllm:8x,block=16,local=64",
                "snapkv:64,window=16"));
        return expressions.stream()
                .map(Methods::parse)
                .filter(method -> method.prompt().isEmpty())
                .toList();
    }

    private static CacheBytes measured(LanguageModel model, Method method, KvCodec type, int tokens) {
        var prompt = new SplittableRandom(tokens)
                .ints(tokens, 3, model.config().vocabulary())
                .toArray();
        var greedy = GenerationOptions.greedy(4);
        var options = new GenerationOptions(
                4, 4, greedy.sampling(), greedy.stopIds(), null, type, greedy.prefillChunk(), 0, Long.MAX_VALUE, 1);
        return Generation.run(model, prompt, tokens, List.of(method), options, GenerationListener.NONE)
                .getFirst()
                .bytes();
    }

    /** Compares all methods; returns those whose bytes were said to depend on the content of the prompt. */
    private static List<String> compare(Path path, KvCodec type, int tokens) {
        var soft = new SoftAssertions();
        var estimated = new ArrayList<String>();
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(2));
                var predictor = new CachePredictor(model.config(), 2)) {
            for (var method : methods()) {
                if (Generation.refusal(model.cacheShape(), method).isPresent()) {
                    continue;
                }
                var sizes = predictor.sizes(method, type, tokens);
                var bytes = measured(model, method, type, tokens);
                if (sizes.exact()) {
                    soft.assertThat(sizes.stored())
                            .as("stored: %s", method.name())
                            .isEqualTo(bytes.stored());
                    soft.assertThat(sizes.read()).as("read: %s", method.name()).isEqualTo(bytes.read());
                } else {
                    estimated.add(method.family());
                    soft.assertThat((double) bytes.stored()).as(method.name()).isBetween((double) sizes.low(), (double)
                            sizes.high());
                }
            }
        }
        soft.assertAll();
        return estimated;
    }

    /** Shorter than every window and budget, as long as some, longer than all; chunks that end in between. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 129})
    void bytesOfShortPromptsAreThoseOfTheEmbeddedModel(int tokens) {
        compare(Goldens.tinyModel(), F16, tokens);
    }

    @ParameterizedTest
    @CsvSource({"300, f32", "513, q8", "1100, f16"})
    void bytesAreThoseOfTheEmbeddedModel(int tokens, String type) {
        assertThat(compare(Goldens.tinyModel(), KvCodec.parse(type), tokens)).containsOnly("h2o-paper");
    }

    /** Grouped queries, and in gemma3 layers with a sliding window. */
    @ParameterizedTest
    @CsvSource({"llama, 150", "gemma3, 150", "gemma3, 530", "qwen2, 300"})
    void bytesAreThoseOfOtherArchitectures(String name, int tokens) {
        assertThat(compare(Goldens.path("architectures/" + name), F16, tokens)).containsOnly("h2o-paper");
    }

    /** Biases, embeddings of positions, feed-forward parts without a gate or beside attention. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "phi", "falcon", "gpt_neox", "stablelm", "olmo2", "exaone4", "cohere2"})
    void bytesAreThoseOfEveryKindOfAttentionModel(String name) {
        assertThat(compare(Shared.golden("architectures-2026/" + name), F16, 150))
                .isSubsetOf("h2o-paper");
    }

    /** States of constant size, and behind them the caches of those layers that have attention. */
    @ParameterizedTest
    @CsvSource({
        "jamba, 150",
        "jamba, 530",
        "falcon_h1, 150",
        "falcon_h1, 530",
        "recurrent_gemma, 150",
        "recurrent_gemma, 530"
    })
    void bytesAreThoseOfHybrids(String name, int tokens) {
        assertThat(compare(Shared.golden("architectures/" + name), F16, tokens)).isSubsetOf("h2o-paper");
    }

    /** Layers that read the keys and values of others keep none. */
    @ParameterizedTest
    @ValueSource(ints = {150, 530})
    void bytesOfSharedCachesCountOnce(int tokens) {
        assertThat(compare(Shared.golden("architectures-2026/gemma3n"), F16, tokens))
                .isSubsetOf("h2o-paper");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba", "mamba2", "rwkv5"})
    void bytesOfRecurrentModelsAreThoseOfTheirStates(String name) {
        var folder = Shared.golden("architectures/" + name);
        assertThat(compare(folder, F16, 100)).isEmpty();
        try (var checkpoint = Checkpoint.open(folder);
                var predictor = new CachePredictor(checkpoint.config(), 1)) {
            long states = Shapes.cache(checkpoint.config()).stateBytes();
            assertThat(states).isPositive();
            for (int tokens : new int[] {1, 1000}) {
                var sizes = predictor.sizes(Methods.parse("full"), F16, tokens);
                assertThat(sizes.stored()).isEqualTo(states);
                assertThat(sizes.read()).isEqualTo(states);
                assertThat(sizes.exact()).isTrue();
            }
        }
    }

    @Test
    void saysWhereBytesDependOnThePrompt() {
        try (var checkpoint = Checkpoint.open(Goldens.tinyModel());
                var predictor = new CachePredictor(checkpoint.config(), 1)) {
            for (var expression : List.of("snapkv:4x,allocator=ada", "h2o:4x,heads=query", "h2o-paper:4x")) {
                var sizes = predictor.sizes(Methods.parse(expression), F16, 2000);
                assertThat(sizes.exact()).as(expression).isFalse();
                assertThat(sizes.stored()).as(expression).isBetween(sizes.low(), sizes.high());
            }
            assertThat(predictor.sizes(Methods.parse("snapkv:4x"), F16, 2000).exact())
                    .isTrue();
        }
    }
}

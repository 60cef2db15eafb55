package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Methods against reference results of kvpress 0.5.4: 240 tokens are read, the cache is compressed, then 3 question tokens
 * and 16 greedy tokens follow one at a time with a cache that only grows.
 */
class KvpressGoldensTest {
    private static final int CONTEXT = 240;

    static Stream<Arguments> cases() {
        return Stream.of("llama", "mistral")
                .flatMap(model -> List.of(
                                List.of("knorm", "knorm:%d"),
                                List.of("streaming_llm", "streaming:%d,decode=grow"),
                                List.of("snapkv", "snapkv:%d"),
                                List.of("observed_attention", "observed:%d"),
                                List.of("tova", "tova:%d"))
                        .stream()
                        .flatMap(method -> Stream.of("r0.25", "r0.50", "r0.75")
                                .map(ratio -> Arguments.of(model, method.get(0), method.get(1), ratio))));
    }

    @ParameterizedTest(name = "{0} {2} {3}")
    @MethodSource("cases")
    void keepsTheSameTokensAndSaysTheSame(String checkpoint, String golden, String expression, String ratio) {
        var folder = Shared.path("goldens/compression/kvpress/" + checkpoint);
        int kept = (int) Math.floor(CONTEXT * (1 - Double.parseDouble(ratio.substring(1))));
        var method = Methods.parse(String.format(expression, kept));
        try (var model = LanguageModel.load(
                        Shared.path("goldens/architectures/" + checkpoint), LoadOptions.withThreads(2));
                var prompts = SafetensorsFile.open(folder.resolve("prompt_and_baseline.safetensors"));
                var expected = SafetensorsFile.open(folder.resolve(golden + ".safetensors"));
                var prefill = prefill(model, ids(prompts, "context_ids"), method);
                var cache = method.build(prefill)) {
            for (int layer = 0; layer < model.config().layers(); layer++) {
                var mask = expected.readBytes(ratio + ".keep_mask.layer" + layer);
                for (int head = 0; head < model.config().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head)).isEqualTo(kept(mask, head));
                }
            }
            var greedy = ids(expected, ratio + ".greedy_ids");
            var logits = expected.readFloats(ratio + ".greedy_logits");
            compareDecoding(model, cache, ids(prompts, "question_ids"), greedy, logits);
        }
    }

    private static Prefilled prefill(LanguageModel model, int[] context, Method method) {
        var cache = new SequenceCache(model.cacheShape(), new KvCodec.F32(), context.length);
        var signals = new PrefillSignals(method.signals(), model.config(), context.length);
        var options = new PrefillOptions(64, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(context, 0, context.length, cache, options);
        return new Prefilled(model, cache, signals, 32, 0);
    }

    private static void compareDecoding(
            LanguageModel model, SequenceCache cache, int[] question, int[] greedy, float[] expected) {
        int vocabulary = model.config().vocabulary();
        var logits = new float[vocabulary];
        var caches = new SequenceCache[] {cache};
        for (int token : question) {
            model.decoder().step(new int[] {token}, caches, logits);
        }
        for (int step = 0; step < greedy.length; step++) {
            int best = 0;
            for (int i = 0; i < vocabulary; i++) {
                float reference = expected[step * vocabulary + i];
                assertThat(Math.abs(logits[i] - reference))
                        .as("step %d, token %d", step, i)
                        .isLessThan(2e-4f + 1e-4f * Math.abs(reference));
                best = logits[i] > logits[best] ? i : best;
            }
            assertThat(best).isEqualTo(greedy[step]);
            model.decoder().step(new int[] {best}, caches, logits);
        }
    }

    private static List<Integer> positions(SequenceCache cache, int layer, int head) {
        var positions = new java.util.ArrayList<Integer>();
        for (int slot = 0; slot < cache.layer(layer).length(head); slot++) {
            positions.add(cache.layer(layer).position(head, slot));
        }
        return positions;
    }

    private static List<Integer> kept(byte[] mask, int head) {
        var positions = new java.util.ArrayList<Integer>();
        for (int i = 0; i < CONTEXT; i++) {
            if (mask[head * CONTEXT + i] != 0) {
                positions.add(i);
            }
        }
        return positions;
    }

    private static int[] ids(SafetensorsFile file, String name) {
        return java.util.Arrays.stream(file.readLongs(name))
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}

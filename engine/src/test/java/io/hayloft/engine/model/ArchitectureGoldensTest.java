package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.RecurrentState;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every supported architecture against the reference implementation, number by number. */
class ArchitectureGoldensTest {
    private static final List<String> LAYOUTS = List.of(
            "llama",
            "llama3_rope",
            "llama_linear_rope",
            "mistral",
            "mistral_sliding",
            "qwen2",
            "qwen3",
            "gemma2",
            "gemma3",
            "phi3",
            "smollm3",
            "mamba",
            "mamba2",
            "mamba2_codestral",
            "jamba",
            "falcon_h1",
            "recurrent_gemma",
            "rwkv5");

    /** Those in the other folder of goldens. */
    private static final List<String> LAYOUTS_2026 = List.of(
            "gemma",
            "granite",
            "olmo2",
            "stablelm",
            "glm4",
            "cohere",
            "cohere2",
            "starcoder2",
            "phi",
            "gpt_neox",
            "gpt2",
            "falcon",
            "exaone4",
            "mixtral",
            "qwen2_moe",
            "qwen3_moe",
            "gpt_oss",
            "lfm2",
            "granitemoehybrid_moe",
            "granitemoehybrid_dense",
            "qwen3_next",
            "nemotron_h",
            "nemotron_h_moe",
            "bamba",
            "zamba2",
            "deepseek_v2_lite",
            "deepseek_v2",
            "deepseek_v3",
            "gemma3n");

    static List<Arguments> layoutsAndConfigs() {
        var all = new ArrayList<Arguments>();
        for (var layout : layouts()) {
            all.add(Arguments.of(layout, "config.json"));
            if (!layout.endsWith("/rwkv5")) { // which transformers does not have
                all.add(Arguments.of(layout, "config_v4.json"));
            }
        }
        return all;
    }

    static List<String> layouts() {
        var all = new ArrayList<String>();
        LAYOUTS.forEach(layout -> all.add("architectures/" + layout));
        LAYOUTS_2026.forEach(layout -> all.add("architectures-2026/" + layout));
        return all;
    }

    @ParameterizedTest
    @MethodSource("layoutsAndConfigs")
    void logitsOfAllRowsAndCachesAgree(String layout, String config) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, config, 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            for (var prompt : List.of("prompt1", "prompt2")) {
                var ids = Runs.ids(expected, prompt + ".input_ids");
                try (var cache = Runs.exactCache(model)) {
                    var logits = Runs.prefill(model, ids, cache, 64);
                    Runs.assertClose(prompt + " logits", logits, expected.readFloats(prompt + ".logits"));
                    checkCache(prompt, cache, expected, neighbours(layout, model));
                }
            }
        }
    }

    /** Channels of a head that rotate in neighbouring pairs in the reference implementation; 0 where they do not. */
    private static int neighbours(String layout, LanguageModel model) {
        boolean interleaved = layout.matches(".*/(glm4|cohere2?|deepseek_v2.*)");
        var rope = interleaved ? model.config().attention(0).rope() : null;
        return rope == null ? 0 : rope.rotaryDims();
    }

    /** Keys of rotating channels, first members of pairs and then second ones, as they lie in the cache. */
    private static float[] firstMembersFirst(float[] keys, int headDim, int rotaryDims) {
        var moved = keys.clone();
        for (int head = 0; head < keys.length; head += headDim) {
            for (int pair = 0; pair < rotaryDims / 2; pair++) {
                moved[head + pair] = keys[head + 2 * pair];
                moved[head + rotaryDims / 2 + pair] = keys[head + 2 * pair + 1];
            }
        }
        return moved;
    }

    private static void checkCache(String prompt, SequenceCache cache, SafetensorsFile expected, int neighbours) {
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            checkLatents(prompt, layer, cache, expected, neighbours);
            var keys = prompt + ".cache.k.layer" + layer;
            var values = prompt + ".cache.v.layer" + layer;
            if (expected.names().contains(keys)) {
                int headDim = cache.layer(layer).headDim();
                var ordered = firstMembersFirst(expected.readFloats(keys), headDim, neighbours);
                Runs.assertClose(keys, Runs.keys(cache, layer), ordered);
                Runs.assertClose(values, Runs.values(cache, layer), expected.readFloats(values));
            }
        }
    }

    /** Rows of latent attention: the rotating key, then the latent. DeepSeek-V2 has neighbouring channels rotate together. */
    private static void checkLatents(
            String prompt, int layer, SequenceCache cache, SafetensorsFile expected, int neighbours) {
        var name = prompt + ".cache.latent.layer" + layer;
        if (!expected.names().contains(name)) {
            return;
        }
        var latents = expected.readFloats(name);
        var rotating = expected.readFloats(prompt + ".cache.rope.layer" + layer);
        int tokens = cache.layer(layer).length(0);
        int rank = latents.length / tokens;
        int rope = rotating.length / tokens;
        var ordered = neighbours > 0 ? firstMembersFirst(rotating, rope, rope) : rotating;
        var rows = new float[tokens * (rope + rank)];
        for (int token = 0; token < tokens; token++) {
            System.arraycopy(ordered, token * rope, rows, token * (rope + rank), rope);
            System.arraycopy(latents, token * rank, rows, token * (rope + rank) + rope, rank);
        }
        Runs.assertClose(name, Runs.keys(cache, layer), rows);
        assertThat(Runs.values(cache, layer)).isEqualTo(Runs.keys(cache, layer));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void hiddenStatesAgree(String layout) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model)) {
            var states = new ArrayList<float[]>();
            model.decoder().observe((depth, first, rows, x) -> states.add(streamsFirst(model, rows, x)));
            Runs.prefill(model, Runs.ids(expected, "prompt1.input_ids"), cache, 512);
            assertThat(states).hasSize(model.config().layers() + 1);
            for (int depth = 0; depth < states.size(); depth++) {
                var name = "prompt1.hidden." + (depth == 0 ? "embed" : "layer" + (depth - 1));
                Runs.assertClose(name, states.get(depth), expected.readFloats(name));
            }
        }
    }

    /** Rows [rows][streams][hidden] as [streams][rows][hidden]; most models have one stream. */
    private static float[] streamsFirst(LanguageModel model, int rows, float[] x) {
        var several = model.config().streams();
        int count = several == null ? 1 : several.streams();
        int hidden = model.config().hidden();
        var moved = new float[rows * count * hidden];
        for (int i = 0; i < rows * count; i++) {
            System.arraycopy(x, i * hidden, moved, (i % count * rows + i / count) * hidden, hidden);
        }
        return moved;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void greedyDecodingAgrees(String layout) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            int vocabulary = model.config().vocabulary();
            for (var prompt : List.of("prompt1", "prompt2")) {
                var tokens = Runs.ids(expected, prompt + ".input_ids");
                var expectedLogits = expected.readFloats(prompt + ".greedy_logits");
                var greedy = Runs.ids(expected, prompt + ".greedy_ids");
                try (var cache = Runs.exactCache(model)) {
                    var all = Runs.prefill(model, tokens, cache, 64);
                    var logits = Runs.slice(all, all.length - vocabulary, vocabulary);
                    for (int i = 0; i < greedy.length; i++) {
                        var wanted = Runs.slice(expectedLogits, i * vocabulary, vocabulary);
                        Runs.assertClose(prompt + " step " + i, logits, wanted);
                        assertThat(Runs.best(logits, 0, vocabulary)).isEqualTo(greedy[i]);
                        model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, logits);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void chunksAndThreadsDoNotChangeABit(String layout) {
        var folder = Shared.golden(layout);
        try (var one = Runs.load(folder, "config.json", 1);
                var three = Runs.load(folder, "config.json", 3);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var whole = Runs.exactCache(one)) {
            var ids = Runs.ids(expected, "prompt2.input_ids");
            var logits = Runs.prefill(one, ids, whole, ids.length);
            for (int chunk : new int[] {1, 7, 64, ids.length}) {
                try (var cache = Runs.exactCache(three)) {
                    assertThat(Runs.prefill(three, ids, cache, chunk)).isEqualTo(logits);
                    for (int layer = 0; layer < whole.shape().layers(); layer++) {
                        if (whole.state(layer) instanceof RecurrentState state) {
                            assertThat(((RecurrentState) cache.state(layer)).values())
                                    .isEqualTo(state.values());
                            continue;
                        }
                        assertThat(Runs.keys(cache, layer)).isEqualTo(Runs.keys(whole, layer));
                        assertThat(Runs.values(cache, layer)).isEqualTo(Runs.values(whole, layer));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void rowsWithoutLogitsDoNotChangeThoseOfOthers(String layout) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var whole = Runs.exactCache(model)) {
            var ids = Runs.ids(expected, "prompt2.input_ids");
            int vocabulary = model.config().vocabulary();
            var all = Runs.prefill(model, ids, whole, 64);
            for (int row : new int[] {70, ids.length - 1}) {
                var logits = new float[vocabulary];
                var options = new PrefillOptions(64, null, LogitsSink.of(row, logits), ProgressListener.NONE);
                try (var cache = Runs.exactCache(model)) {
                    model.decoder().prefill(ids, 0, ids.length, cache, options);
                }
                assertThat(logits).isEqualTo(Runs.slice(all, row * vocabulary, vocabulary));
            }
        }
    }

    /** Those that llama.cpp has. */
    static List<String> layoutsInGguf() {
        return LAYOUTS_2026.stream()
                .filter(layout -> !layout.matches("bamba|zamba2"))
                .toList();
    }

    /** The same weights under other names and in other orders: the same bits. */
    @ParameterizedTest
    @MethodSource("layoutsInGguf")
    void theGgufFileOfAFolderGivesTheSameBits(String layout, @TempDir Path temporary) throws IOException {
        var folder = Shared.golden("architectures-2026/" + layout);
        var file = Files.write(temporary.resolve("model.gguf"), FolderAsGguf.of(folder));
        try (var model = LanguageModel.load(file, LoadOptions.withThreads(2));
                var reference = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model);
                var referenceCache = Runs.exactCache(reference)) {
            assertThat(model.config().architecture())
                    .isEqualTo(reference.config().architecture());
            var ids = Runs.ids(expected, "prompt2.input_ids");
            var logits = Runs.prefill(model, ids, cache, 64);
            Runs.assertClose("logits", logits, expected.readFloats("prompt2.logits"));
            assertThat(logits).isEqualTo(Runs.prefill(reference, ids, referenceCache, 64));
        }
    }
}

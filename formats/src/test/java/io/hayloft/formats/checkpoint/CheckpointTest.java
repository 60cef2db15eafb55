package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig.HeadNorm;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    @TempDir
    Path folder;

    /** Both dialects of config.json say the same; every weight that the config promises is there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
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
                "smollm3"
            })
    void readsReferenceCheckpoints(String name) {
        var path = Shared.golden("architectures/" + name);
        try (var model = Checkpoint.open(path);
                var older = Checkpoint.openFolder(path, "config_v4.json")) {
            var config = model.config();
            assertThat(older.config()).isEqualTo(config);
            assertThat(name).startsWith(config.architecture());
            assertThat(config.eosIds()).containsExactly(2);
            assertThat(config.bosId()).isEqualTo(1);
            for (var role : Role.values()) {
                for (int layer = role.global() ? -1 : 0; layer < (role.global() ? 0 : config.layers()); layer++) {
                    assertThat(model.weights().find(role, layer).isPresent())
                            .as("%s %d", role, layer)
                            .isEqualTo(isPromised(model, role));
                }
            }
        }
    }

    private static List<Integer> windows(DecoderConfig config) {
        return IntStream.range(0, config.layers())
                .mapToObj(layer -> config.attention(layer).window())
                .toList();
    }

    private static List<Integer> heads(DecoderConfig config) {
        var attention = config.attention(0);
        return List.of(attention.queryHeads(), attention.kvHeads(), attention.headDim());
    }

    private static double theta(DecoderConfig config, int layer) {
        return Objects.requireNonNull(config.attention(layer).rope()).theta();
    }

    private static boolean isPromised(Checkpoint model, Role role) {
        return switch (role) {
            case QUERY_BIAS, KEY_BIAS, VALUE_BIAS -> model.config().attention(0).biases();
            case QUERY_NORM, KEY_NORM -> model.config().attention(0).headNorm() != HeadNorm.NONE;
            case POST_ATTENTION_NORM, POST_FEED_FORWARD_NORM ->
                model.config().norms().placement().after();
            default -> !role.bias() && role != Role.POSITION_EMBEDDING && !ofFewFamilies(role);
        };
    }

    private static boolean ofFewFamilies(Role role) {
        return role == Role.EMBEDDING_NORM
                || role == Role.ATTENTION_GATE
                || role == Role.ATTENTION_SINKS
                || role.name().startsWith("LATENT")
                || role.compareTo(Role.BLOCK_NORM) >= 0;
    }

    @Test
    void readsWhatIsSpecialInGemma3() {
        try (var model = Checkpoint.open(Goldens.path("architectures/gemma3"))) {
            var config = model.config();
            assertThat(windows(config)).containsExactly(24, 24, 0, 24);
            assertThat(config.attention(2).rope()).isEqualTo(new RopeConfig(1e6, 32, new RopeConfig.Linear(8)));
            assertThat(config.attention(3).rope()).isEqualTo(RopeConfig.plain(1e4, 32));
            assertThat(config.attention(0).scale()).isEqualTo(1 / Math.sqrt(24));
            assertThat(config.tokens().embeddingScale()).isEqualTo(Math.sqrt(48));
            assertThat(config.norms().plusOne()).isTrue();
            assertThat(config.tokens().tiedOutput()).isTrue();
            assertThat(((LayerConfig.FeedForward) config.feedForward(0)).activation())
                    .isEqualTo(Activation.GELU_TANH);
        }
    }

    @Test
    void readsTheCapsOfGemma2AndTheUnrotatedLayerOfSmollm3() {
        try (var gemma = Checkpoint.open(Shared.path("goldens/architectures/gemma2"));
                var smol = Checkpoint.open(Shared.path("goldens/architectures/smollm3"))) {
            assertThat(gemma.config().attention(0).softCap()).isEqualTo(4);
            assertThat(gemma.config().tokens().softCap()).isEqualTo(6);
            assertThat(IntStream.range(0, 4)
                            .filter(layer -> smol.config().attention(layer).rope() != null))
                    .containsExactly(0, 1, 3);
        }
    }

    /** The same model from safetensors and as GGUF, whose query and key rows lie in another order. */
    @Test
    void ggufAndSafetensorsOfTheTinyLlamaAgree() {
        try (var gguf = Checkpoint.open(Shared.path("goldens/quantization/gguf/tiny_llama_f32.gguf"));
                var hub = Checkpoint.open(Goldens.path("architectures/llama"))) {
            assertThat(gguf.config().attention(0).rope())
                    .isEqualTo(hub.config().attention(0).rope());
            assertThat(gguf.config().layers()).isEqualTo(hub.config().layers());
            int compared = 0;
            for (var role : Role.values()) {
                int layer = role.global() ? -1 : gguf.config().layers() - 1;
                var expected = hub.weights().find(role, layer);
                assertThat(gguf.weights().find(role, layer).isPresent()).isEqualTo(expected.isPresent());
                if (expected.isPresent()) {
                    assertThat(gguf.weights().get(role, layer).toFloats())
                            .as(role.toString())
                            .containsExactly(expected.get().toFloats());
                    compared++;
                }
            }
            assertThat(compared).isEqualTo(12);
            assertThat(gguf.gguf()).isPresent();
            assertThat(hub.folder()).isPresent();
            assertThat(gguf.format()).isEqualTo("GGUF");
        }
    }

    /** Queries, keys and values are parts of one tensor, gate and up of another. */
    @Test
    void splitsTheFusedTensorsOfPhi3() {
        try (var model = Checkpoint.open(Shared.path("goldens/architectures/phi3"))) {
            var fused = floats(model, "model.layers.1.self_attn.qkv_proj.weight");
            assertThat(model.weights().get(Role.QUERY, 1).toFloats())
                    .containsExactly(Arrays.copyOfRange(fused, 0, 64 * 64));
            assertThat(model.weights().get(Role.KEY, 1).toFloats())
                    .containsExactly(Arrays.copyOfRange(fused, 64 * 64, 96 * 64));
            assertThat(model.weights().get(Role.VALUE, 1).toFloats())
                    .containsExactly(Arrays.copyOfRange(fused, 96 * 64, 128 * 64));
            var gateAndUp = floats(model, "model.layers.1.mlp.gate_up_proj.weight");
            assertThat(model.weights().get(Role.GATE, 1).toFloats())
                    .containsExactly(Arrays.copyOfRange(gateAndUp, 0, 160 * 64));
            assertThat(model.weights().get(Role.UP, 1).toFloats())
                    .containsExactly(Arrays.copyOfRange(gateAndUp, 160 * 64, 320 * 64));
        }
    }

    private static float[] floats(Checkpoint model, String tensor) {
        return Objects.requireNonNull(model.tensors().get(tensor)).toFloats();
    }

    @Test
    void readsTheOwnTinyModel() {
        try (var model = Checkpoint.open(Goldens.tinyModel())) {
            var config = model.config();
            assertThat(config.attention(0).queryWidth()).isEqualTo(384).isNotEqualTo(config.hidden());
            assertThat(config.attention(0).rope()).isEqualTo(RopeConfig.plain(1e7, 64));
            assertThat(model.weights().get(Role.ATTENTION_OUTPUT, 3).columns()).isEqualTo(384);
        }
    }

    @Test
    void readsSmollm2() {
        try (var model = Checkpoint.open(Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            var config = model.config();
            assertThat(config.architecture()).isEqualTo("llama");
            assertThat(List.of(
                            config.layers(),
                            config.hidden(),
                            config.feedForward(0).width(),
                            config.vocabulary()))
                    .containsExactly(30, 576, 1536, 49_152);
            assertThat(heads(config)).containsExactly(9, 3, 64);
            assertThat(config.contextLength()).isEqualTo(8192);
            assertThat(config.attention(0).rope()).isEqualTo(RopeConfig.plain(100_000, 64));
            assertThat(config.tokens().tiedOutput()).isTrue();
            assertThat(model.weights().get(Role.OUTPUT, -1).rows()).isEqualTo(49_152);
            assertThat(model.tensors()).hasSize(272);
            assertThat(model.contentHash())
                    .isEqualTo("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
        }
    }

    @Test
    void readsGemma3() {
        try (var model = Checkpoint.open(Shared.realModel("gemma-3-270m-q4_k_m.gguf"))) {
            var config = model.config();
            assertThat(config.architecture()).isEqualTo("gemma3");
            assertThat(List.of(
                            config.layers(),
                            config.hidden(),
                            config.feedForward(0).width(),
                            config.vocabulary()))
                    .containsExactly(18, 640, 2048, 262_144);
            assertThat(heads(config)).containsExactly(4, 1, 256);
            assertThat(config.contextLength()).isEqualTo(32_768);
            assertThat(windows(config))
                    .containsOnly(0, 512)
                    .filteredOn(window -> window == 512)
                    .hasSize(15);
            assertThat(theta(config, 0)).isEqualTo(10_000);
            assertThat(theta(config, 5)).isEqualTo(1_000_000);
            assertThat(config.norms().plusOne()).isFalse();
            assertThat(config.attention(0).scale()).isEqualTo(1.0 / 16);
            for (int layer = 0; layer < config.layers(); layer++) {
                for (var role : Role.values()) {
                    if (!role.global() && !role.bias() && !ofFewFamilies(role)) {
                        assertThat(model.weights().get(role, layer).rows()).isPositive();
                    }
                }
            }
        }
    }

    /** The files that the model, its tokenizer and its chat format are read from. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "generation_config.json",
                "chat_template.jinja",
                "chat_template.json"
            })
    void hashesChangeWithEveryFileThatIsRead(String name) throws IOException {
        var first = TinyFolder.single(folder.resolve("a"));
        var second = TinyFolder.single(folder.resolve("b"));
        assertThat(hash(first)).isEqualTo(hash(second)).hasSize(64);
        TinyFolder.write(second.resolve("tokenizer.model"), "nobody reads it");
        assertThat(hash(first)).isEqualTo(hash(second));
        TinyFolder.write(second.resolve(name), "{ }");
        assertThat(hash(first)).isNotEqualTo(hash(second));
    }

    private static String hash(Path model) {
        try (var checkpoint = Checkpoint.open(model)) {
            return checkpoint.contentHash();
        }
    }

    @Test
    void readsShards() throws IOException {
        try (var single = Checkpoint.open(TinyFolder.single(folder.resolve("single")));
                var sharded = Checkpoint.open(TinyFolder.sharded(folder.resolve("sharded")))) {
            assertThat(sharded.format()).isEqualTo("safetensors, 2 files");
            assertThat(sharded.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(single.tensors().keySet());
            assertThat(sharded.weights().get(Role.DOWN, 0).toFloats())
                    .containsExactly(single.weights().get(Role.DOWN, 0).toFloats());
        }
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertOpenFails(folder.resolve("none"), "no model at");
        assertOpenFails(folder, "no config.json in");
        var single = TinyFolder.single(folder.resolve("single"));
        assertOpenFails(single.resolve("model.safetensors"), "holds weights only");
        Files.delete(single.resolve("model.safetensors"));
        assertOpenFails(single, "neither model.safetensors nor model.safetensors.index.json");
        var sharded = TinyFolder.sharded(folder.resolve("sharded"));
        Files.delete(sharded.resolve("model-2.safetensors"));
        assertOpenFails(sharded, "model-2.safetensors");
    }

    @Test
    void refusesShardNamesThatLeaveTheFolder() throws IOException {
        var sharded = TinyFolder.sharded(folder.resolve("sharded"));
        var index = sharded.resolve("model.safetensors.index.json");
        TinyFolder.write(index, "{\"weight_map\": {\"a\": \"../../secret.safetensors\"}}");
        assertOpenFails(sharded, "not a plain file name");
        TinyFolder.write(index, "{\"weight_map\": {\"a\": \"model-1.safetensors\"}}");
        assertOpenFails(sharded, "tensor 'a' is not in model-1.safetensors");
        TinyFolder.write(index, "{}");
        assertOpenFails(sharded, "'weight_map' is missing");
    }

    private static void assertOpenFails(Path path, String words) {
        assertThatThrownBy(() -> Checkpoint.open(path))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(words);
    }

    @Test
    void namesMissingAndMisshapenTensors() throws IOException {
        var tensors = TinyFolder.tensors();
        tensors.remove("model.layers.0.mlp.down_proj.weight");
        tensors.put("model.layers.0.self_attn.q_proj.weight", new long[] {8, 7});
        var path = TinyFolder.single(folder.resolve("m"), tensors);
        try (var model = Checkpoint.open(path)) {
            assertThatThrownBy(() -> model.weights().get(Role.DOWN, 0))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("'model.layers.0.mlp.down_proj.weight' is missing");
            assertThatThrownBy(() -> model.weights().get(Role.QUERY, 0))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("[8, 7], expected [8, 8]");
        }
    }

    @Test
    void refusesBiasesThatItWouldIgnore() throws IOException {
        var tensors = TinyFolder.tensors();
        tensors.put("model.layers.0.mlp.down_proj.bias", new long[] {8});
        assertOpenFails(TinyFolder.single(folder.resolve("m"), tensors), "down_proj.bias' is not supported");
    }

    /** Elements of a bias are put back in the same order as the rows of its matrix. */
    @Test
    void unpermutesRowsAndBiasesAlike() {
        var built = GgufBuilder.completeModel("llama")
                .tensor("blk.0.attn_q.bias", 8)
                .tensor("blk.0.attn_k.bias", 4)
                .tensor("blk.0.attn_v.bias", 4);
        try (var model = Checkpoint.of(built.read(GgufFile::read))) {
            var stored = floats(model, "blk.0.attn_q.bias");
            int[] order = {0, 2, 1, 3, 4, 6, 5, 7};
            var expected = new float[8];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = stored[order[i]];
            }
            assertThat(model.config().attention(0).biases()).isTrue();
            assertThat(model.weights().get(Role.QUERY_BIAS, 0).toFloats()).containsExactly(expected);
            assertThat(model.weights().get(Role.QUERY, 0).order()).containsExactly(order);
            assertThat(model.weights().get(Role.VALUE, 0).order()).isNull();
        }
    }

    @Test
    void permutesOnlyRotatingRows() {
        assertThat(new RowPermutation(6, 4).order(2)).containsExactly(0, 2, 1, 3, 4, 5, 6, 8, 7, 9, 10, 11);
    }
}

package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.formats.config.Role;
import io.hayloft.testing.SafetensorsBuilder;
import io.hayloft.testing.SafetensorsBuilder.Entry;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The weights of reference checkpoints in other forms of folders: the same bits. */
class RepackedFoldersTest {
    @TempDir
    private Path folder;

    /** As published: the text part of a model that also sees and hears, with matrices that nobody reads. */
    @Test
    void theTextPartOfALargerModelIsThatModelAlone() throws IOException {
        var golden = Shared.golden("architectures-2026/gemma3n");
        var text = Files.readString(golden.resolve("config_v4.json"));
        Files.writeString(folder.resolve("config.json"), """
            {"model_type": "gemma3n", "vision_config": {"model_type": "gemma3n_vision"},
             "audio_config": {"hidden_size": 8}, "audio_token_id": 255, "text_config": %s}
            """.formatted(text));
        var tensors = new ArrayList<Entry>();
        try (var file = SafetensorsFile.open(golden.resolve("model.safetensors"))) {
            file.tensors().forEach((name, tensor) -> {
                var other = name.replaceFirst("^model\\.", "model.language_model.");
                tensors.add(Entry.f32(other, tensor.toFloats(), tensor.shape()));
            });
        }
        tensors.add(Entry.f32("model.vision_tower.conv.weight", new float[6], 2, 3));
        for (var part : new String[] {"k_proj", "v_proj"}) { // of layers that read the cache of others
            for (int layer = 3; layer < 5; layer++) {
                var name = "model.language_model.layers." + layer + ".self_attn." + part + ".weight";
                tensors.add(Entry.f32(name, new float[24 * 40], 24, 40));
            }
        }
        Files.write(folder.resolve("model.safetensors"), SafetensorsBuilder.of(tensors));
        assertSameLogits(golden, folder);
    }

    /** A config that knows nothing of experts, or of shared ones, is not that of a file that has them. */
    @ParameterizedTest
    @CsvSource({
        "granitemoehybrid_moe, num_local_experts, no experts by its config",
        "deepseek_v2_lite, n_shared_experts, no shared experts by its config"
    })
    void expertsThatTheConfigLeavesOutAreAnError(String layout, String field, String message) throws IOException {
        var golden = Shared.golden("architectures-2026/" + layout);
        var text = Files.readString(golden.resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"), text.replaceFirst("\"" + field + "\": \\d+", "\"" + field + "\": 0"));
        Files.copy(golden.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> LanguageModel.load(folder, LoadOptions.withThreads(1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    /**
     * gpt-oss as it is published: experts as floats of 4 bits, of which neighbours share a byte, with a power of two for each 32.
     * The same numbers as F32, transposed as unquantised folders have them, are the same model.
     */
    @Test
    void expertsInMxfp4AreTheNumbersThatTheirBitsMean() throws IOException {
        var packed = Files.createDirectories(folder.resolve("packed"));
        var plain = Files.createDirectories(folder.resolve("plain"));
        var config = """
            {"model_type": "gpt_oss", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "head_dim": 16,
             "num_attention_heads": 4, "num_key_value_heads": 2, "num_local_experts": 3, "num_experts_per_tok": 2,
             "vocab_size": 50, "max_position_embeddings": 256, "sliding_window": 16%s}
            """;
        Files.writeString(plain.resolve("config.json"), config.formatted(""));
        Files.writeString(packed.resolve("config.json"), config.formatted("""
            , "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["model.embed_tokens", "lm_head"]}\
            """));
        var both = new GptOssWeights(64, 96, 3);
        Files.write(plain.resolve("model.safetensors"), SafetensorsBuilder.of(both.tensors(false)));
        Files.write(packed.resolve("model.safetensors"), SafetensorsBuilder.of(both.tensors(true)));
        var ids = new Random(3).ints(40, 0, 50).toArray();
        try (var model = LanguageModel.load(packed, LoadOptions.withThreads(2).withoutTokenizer());
                var reference =
                        LanguageModel.load(plain, LoadOptions.withThreads(2).withoutTokenizer());
                var checkpoint = Checkpoint.open(packed);
                var unpacked = Checkpoint.open(plain);
                var cache = Runs.exactCache(model);
                var referenceCache = Runs.exactCache(reference)) {
            assertThat(checkpoint.format()).endsWith("MXFP4");
            for (var role : List.of(Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN)) {
                for (int expert = 0; expert < 3; expert++) {
                    assertThat(checkpoint.weights().part(role, 1, expert).toFloats())
                            .isEqualTo(unpacked.weights().part(role, 1, expert).toFloats());
                }
            }
            var expected = Runs.prefill(reference, ids, referenceCache, 64);
            assertThat(expected[0]).isNotEqualTo(expected[1]);
            Runs.assertClose("logits", Runs.prefill(model, ids, cache, 64), expected);
        }
    }

    private static void assertSameLogits(Path golden, Path other) {
        try (var model = LanguageModel.load(other, LoadOptions.withThreads(2));
                var reference = Runs.load(golden, "config.json", 2);
                var expected = SafetensorsFile.open(golden.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model);
                var referenceCache = Runs.exactCache(reference)) {
            var ids = Runs.ids(expected, "prompt2.input_ids");
            assertThat(Runs.prefill(model, ids, cache, 64)).isEqualTo(Runs.prefill(reference, ids, referenceCache, 64));
        }
    }
}

package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that few models of an architecture use, against the reference implementation. */
class ArchitectureOptionsTest {
    private static final String FOLDER = "architectures/options/";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama_biases",
                "qwen3_biases",
                "gemma2_silu",
                "stablelm_parallel",
                "stablelm_sequential",
                "cohere_head_norms",
                "starcoder2_plain",
                "phi_relu2",
                "gpt_neox_sequential",
                "gpt_neox_plain",
                "falcon_7b",
                "falcon_11b",
                "falcon_sequential",
                "gpt2_bare",
                "olmo2_grouped",
                "exaone4_full",
                "granite_biases"
            })
    void logitsAgree(String name) {
        var folder = Goldens.path(FOLDER + name);
        try (var model = LanguageModel.load(folder, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model)) {
            var ids = Runs.ids(expected, "input_ids");
            var logits = Runs.prefill(model, ids, cache, ids.length);
            Runs.assertClose("logits", logits, expected.readFloats("logits"));
            for (int chunk : new int[] {1, 7}) {
                try (var other = Runs.exactCache(model)) {
                    assertThat(Runs.prefill(model, ids, other, chunk)).isEqualTo(logits);
                }
            }
            checkSteps(model, ids, expected.readFloats("logits"));
        }
    }

    /** The same tokens one by one, in two sequences at once. */
    private static void checkSteps(LanguageModel model, int[] ids, float[] expected) {
        int vocabulary = model.config().vocabulary();
        var logits = new float[2 * vocabulary];
        try (var first = Runs.exactCache(model);
                var second = Runs.exactCache(model)) {
            for (int i = 0; i < ids.length; i++) {
                model.decoder().step(new int[] {ids[i], ids[i]}, new SequenceCache[] {first, second}, logits);
                var wanted = Runs.slice(expected, i * vocabulary, vocabulary);
                Runs.assertClose("step " + i, Runs.slice(logits, 0, vocabulary), wanted);
                assertThat(Runs.slice(logits, vocabulary, vocabulary)).isEqualTo(Runs.slice(logits, 0, vocabulary));
            }
        }
    }

    /** A sequence ends where the positions that the model has learned end. */
    @Test
    void learnedPositionsEnd() {
        try (var model = LanguageModel.load(Goldens.path(FOLDER + "gpt2_bare"), LoadOptions.withThreads(2));
                var cache = Runs.exactCache(model);
                var tooLong = Runs.exactCache(model)) {
            Runs.prefill(model, new int[64], cache, 64);
            assertThatThrownBy(() -> model.decoder().step(new int[] {5}, new SequenceCache[] {cache}, null))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("has learned 64 positions");
            assertThatThrownBy(() -> Runs.prefill(model, new int[65], tooLong, 65))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("has learned 64 positions");
        }
    }

    /** Those that GGUF files can have, which know one activation an architecture and no Falcon with sequential layers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "stablelm_parallel",
                "cohere_head_norms",
                "starcoder2_plain",
                "gpt_neox_sequential",
                "falcon_7b",
                "falcon_11b",
                "olmo2_grouped",
                "exaone4_full",
                "granite_biases"
            })
    void ggufFilesAgree(String name, @TempDir Path temporary) throws IOException {
        var folder = Goldens.path(FOLDER + name);
        var file = Files.write(temporary.resolve("model.gguf"), FolderAsGguf.of(folder));
        try (var model = LanguageModel.load(file, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model)) {
            var logits = Runs.prefill(model, Runs.ids(expected, "input_ids"), cache, 64);
            Runs.assertClose("logits", logits, expected.readFloats("logits"));
        }
    }
}

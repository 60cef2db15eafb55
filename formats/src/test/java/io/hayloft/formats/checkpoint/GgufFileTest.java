package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GgufFileTest {
    @TempDir
    Path folder;

    /** One value of each type, six tensors of six types. */
    @Test
    void readsTheReferenceContainer() {
        var path = Shared.path("goldens/quantization/gguf/container_sample.gguf");
        var expected = new JsonMapper().readTree(path.resolveSibling("container_sample_expected.json"));
        try (var file = GgufFile.open(path);
                var values = SafetensorsFile.open(path.resolveSibling("container_sample_expected.safetensors"))) {
            expected.get("metadata").properties().forEach(entry -> {
                if (!entry.getKey().startsWith("GGUF.")) { // these describe the container itself
                    assertThat(file.metadata()).containsKey(entry.getKey());
                    compare(entry.getKey(), file.metadata(), entry.getValue().get("value"));
                }
            });
            assertThat(file.tensors()).hasSize(expected.get("tensors").size());
            for (var described : expected.get("tensors")) {
                var tensor = tensor(file, described.get("name").asString());
                assertThat(tensor.type())
                        .isEqualTo(TensorType.valueOf(described.get("type").asString()));
                assertThat(tensor.shape()).containsExactly(3, 64);
                assertThat(tensor.data().byteSize())
                        .isEqualTo(described.get("n_bytes").asLong());
                assertThat(tensor.toFloats()).containsExactly(values.readFloats(tensor.name()));
            }
            assertThat(file.bytes()).isEqualTo(3104);
        }
    }

    private static Tensor tensor(GgufFile file, String name) {
        return Objects.requireNonNull(file.tensors().get(name));
    }

    private static void compare(String key, Map<String, Object> metadata, JsonNode expected) {
        var value = Objects.requireNonNull(metadata.get(key));
        if (expected.isArray()) {
            var list = (List<?>) value;
            assertThat(list).as(key).hasSize(expected.size());
            for (int i = 0; i < list.size(); i++) {
                compareOne(key, list.get(i), expected.get(i));
            }
        } else {
            compareOne(key, value, expected);
        }
    }

    private static void compareOne(String key, Object value, JsonNode expected) {
        Object plain = expected.isString()
                ? expected.asString()
                : expected.isBoolean()
                        ? (Object) expected.asBoolean()
                        : expected.isIntegralNumber() ? (Object) expected.asLong() : (Object) expected.asDouble();
        assertThat(value).as(key).isEqualTo(plain);
    }

    @Test
    void metadataOutliveTheFileAndTensorsDoNot() throws IOException {
        var path = Files.write(
                folder.resolve("m.gguf"), GgufBuilder.completeModel("llama").bytes());
        var file = GgufFile.open(path);
        var tensor = tensor(file, "output_norm.weight");
        assertThat(tensor.toFloats()).hasSize(8);
        file.close();
        file.close();
        assertThat((List<?>) file.metadata().get("tokenizer.ggml.tokens")).hasSize(6);
        assertThatThrownBy(tensor::toFloats).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void largeVocabulariesOpenFast() {
        var path = Shared.realModel("gemma-3-270m-q4_k_m.gguf");
        long start = System.nanoTime();
        try (var file = GgufFile.open(path)) {
            assertThat((List<?>) file.metadata().get("tokenizer.ggml.tokens")).hasSize(262_144);
            assertThat((List<?>) file.metadata().get("tokenizer.ggml.scores")).hasSize(262_144);
        }
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
    }

    @Test
    void namesAMissingFileAndAFolder() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("none.gguf");
        assertThatThrownBy(() -> GgufFile.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("folder");
    }
}

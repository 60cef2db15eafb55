package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.hub.Catalogue;
import io.hayloft.testing.Shared;
import io.hayloft.testing.VectorWidths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorWidthModelTest {
    private static final List<String> FILES =
            List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

    /** Logits of a prompt and of what is decoded behind it, with each kind of cache: see {@link ModelBits}. */
    @Test
    void logitsHaveTheSameBitsAtEveryWidth(@TempDir Path folder) throws IOException {
        for (var file : FILES) {
            try (var data = Catalogue.class.getResourceAsStream(Catalogue.EMBEDDED + "/" + file)) {
                Files.copy(Objects.requireNonNull(data), folder.resolve(file));
            }
        }
        var outputs = VectorWidths.outputs(ModelBits.class, folder.toString());
        assertThat(outputs.getFirst()).hasSize(9).doesNotHaveDuplicates();
        assertThat(outputs).allSatisfy(lines -> assertThat(lines).isEqualTo(outputs.getFirst()));
    }

    /** The same of models with recurrent mixers; codecs make no difference to those without attention. */
    @ParameterizedTest
    @ValueSource(strings = {"recurrent_gemma", "rwkv5"})
    void recurrentModelsHaveTheSameBitsAtEveryWidth(String layout) throws IOException {
        var folder = Shared.golden("architectures/" + layout).toString();
        var outputs = VectorWidths.outputs(ModelBits.class, folder, "f32");
        assertThat(outputs.getFirst()).hasSize(1);
        assertThat(outputs).allSatisfy(lines -> assertThat(lines).isEqualTo(outputs.getFirst()));
    }
}

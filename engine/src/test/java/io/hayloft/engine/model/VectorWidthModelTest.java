package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.hub.Catalogue;
import io.hayloft.testing.VectorWidths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}

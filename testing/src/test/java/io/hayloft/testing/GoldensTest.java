package io.hayloft.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoldensTest {
    private static final Path ROOT = Goldens.path("metrics").resolveSibling("");

    @Test
    void staySmall() throws IOException {
        long all = 0;
        for (var file : files()) {
            long bytes = Files.size(file);
            assertThat(bytes).as(file.toString()).isLessThan(1_000_000);
            all += bytes;
        }
        assertThat(all).isBetween(1_000_000L, 12L << 20);
    }

    @Test
    void theReadmeNamesEveryFolder() throws IOException {
        var readme = Files.readString(Goldens.path("README.md"));
        try (var entries = Files.list(ROOT)) {
            assertThat(entries.filter(Files::isDirectory))
                    .isNotEmpty()
                    .allSatisfy(folder -> assertThat(readme).contains("`" + folder.getFileName()));
        }
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aMissingGoldenFailsTheTest() {
        assertThatThrownBy(() -> Goldens.path("architectures/none"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("architectures/none");
    }

    @Test
    void theEmbeddedModelIsThere() {
        assertThat(Goldens.tinyModel()).isDirectoryContaining("glob:**/model.safetensors");
    }

    @Test
    void ownGoldensGoFirst() {
        assertThat(Shared.golden("architectures/llama")).isEqualTo(Goldens.path("architectures/llama"));
    }
}

package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.packed.PackedFolder;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose packed weights an earlier load kept is the same model. */
class PackedModelTest {
    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    private float[] logits(Path path, LoadOptions options) {
        notes.clear();
        try (var model = LanguageModel.load(path, options.withoutTokenizer());
                var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), 0)) {
            assertThat(model.weightBytes()).isPositive();
            int[] tokens = {3, 1, 4, 1, 5, 9, 2, 6};
            return Runs.prefill(model, tokens, cache, 8);
        }
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder.resolve("packed"))) {
            return files.toList();
        }
    }

    @Test
    void logitsAreTheSameToTheBit() throws IOException {
        var path = folder.resolve("model");
        Files.createDirectory(path);
        try (var files = Files.list(Goldens.tinyModel())) {
            for (var file : files.toList()) {
                Files.copy(file, path.resolve(file.getFileName()));
            }
        }
        var plain = LoadOptions.withThreads(2);
        var options = plain.withPacked(
                new PackedFolder(folder.resolve("packed"), 0, PackedFolder.Writing.BESIDE, notes::add));
        var expected = logits(path, plain);

        assertThat(logits(path, options)).isEqualTo(expected);
        assertThat(notes).singleElement().asString().contains("are kept");
        var first = files();
        assertThat(first).hasSize(1);
        assertThat(logits(path, options)).isEqualTo(expected);
        assertThat(notes).isEmpty();

        Files.setLastModifiedTime(path.resolve("model.safetensors"), FileTime.fromMillis(1_000_000));
        assertThat(logits(path, options)).isEqualTo(expected);
        assertThat(files()).hasSize(1).doesNotContainAnyElementsOf(first);
    }
}

package io.hayloft.benchmarks.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomFolderTest {
    @TempDir
    Path folder;

    private void write(String shape, long seed, Path target) {
        RandomGguf.writeFolder(RandomFolder.shape(shape).orElseThrow(), WeightType.BF16, seed, target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwkv5-tiny", "recurrentgemma-tiny"})
    void foldersLoadEncodeAndGenerate(String shape) {
        write(shape, 1, folder);
        try (var model = LanguageModel.load(folder, LoadOptions.withThreads(2))) {
            var text = "the grey cat\nsees 7 birds \u00e9";
            int[] prompt = model.tokenizer().encode(text, true, false);
            assertThat(model.tokenizer().vocabularySize()).isEqualTo(1024);
            assertThat(model.tokenizer().decode(prompt, true)).isEqualTo(text);
            assertThat(prompt.length).isLessThan(text.length()); // words are tokens, too
            var full = List.of(CompressionMethod.full());
            var options = GenerationOptions.greedy(20);
            var answer = Generation.run(model, prompt, prompt.length, full, options, GenerationListener.NONE)
                    .getFirst();
            assertThat(answer.ids().length).isBetween(1, 20);
            assertThat(IntStream.of(answer.ids())).allMatch(id -> id >= 0 && id < 1024);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwkv5-tiny", "recurrentgemma-tiny"})
    void theSameSeedGivesTheSameBytes(String shape) throws IOException {
        write(shape, 1, folder.resolve("a"));
        write(shape, 1, folder.resolve("b"));
        write(shape, 2, folder.resolve("c"));
        try (var files = Files.list(folder.resolve("a"))) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                assertThat(folder.resolve("b").resolve(name)).hasSameBinaryContentAs(file);
            }
        }
        assertThat(Files.mismatch(
                        folder.resolve("a").resolve("model.safetensors"),
                        folder.resolve("c").resolve("model.safetensors")))
                .isNotNegative();
    }

    @Test
    void typesThatSafetensorsLackAreRefused() {
        var shape = RandomFolder.shape("rwkv5-tiny").orElseThrow();
        assertThatThrownBy(() -> RandomFolder.plan(shape, WeightType.Q8_0, 1))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("choose f32, f16 or bf16");
        assertThat(RandomFolder.shape("135m")).isEmpty();
    }
}

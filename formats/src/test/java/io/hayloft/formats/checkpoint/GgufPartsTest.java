package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.Role;
import io.hayloft.testing.GgufBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of 11 tensors in three parts; the last has none. */
class GgufPartsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        part(1, split(GgufBuilder.model("llama"), 0, 11));
        part(
                2,
                split(new GgufBuilder(), 1, 11)
                        .tensor("blk.0.attn_q.weight", 8, 8)
                        .tensor("blk.0.attn_k.weight", 4, 8)
                        .tensor("blk.0.attn_v.weight", 4, 8)
                        .tensor("blk.0.ffn_gate.weight", 16, 8)
                        .tensor("blk.0.ffn_up.weight", 16, 8));
        part(3, split(new GgufBuilder(), 2, 11));
    }

    private static GgufBuilder split(GgufBuilder gguf, int number, int tensors) {
        return gguf.whole("split.no", number).whole("split.count", 3).whole("split.tensors.count", tensors);
    }

    private void part(int number, GgufBuilder gguf) throws IOException {
        Files.write(path(number), gguf.bytes());
    }

    private Path path(int number) {
        return folder.resolve("tiny-0000" + number + "-of-00003.gguf");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void opensFromAnyPart(int number) throws IOException {
        try (var model = Checkpoint.open(path(number))) {
            assertThat(model.tensors()).hasSize(11);
            assertThat(model.config().layers()).isEqualTo(1);
            assertThat(model.path()).isEqualTo(path(1));
            assertThat(model.weights().get(Role.QUERY, 0).toFloats()).hasSize(64);
            assertThat(model.weights().get(Role.DOWN, 0).toFloats()).hasSize(128);
            var file = model.gguf().orElseThrow();
            assertThat(file.metadata()).containsKey("tokenizer.ggml.tokens").doesNotContainKey("split.count");
            assertThat(file.bytes()).isEqualTo(Files.size(path(1)) + Files.size(path(2)) + Files.size(path(3)));
            assertThat(model.contentHash()).hasSize(64);
        }
    }

    @Test
    void namesAMissingPart() throws IOException {
        Files.delete(path(1));
        refuses(2, "is part 2 of 3 of a split model; part 1 is missing: put tiny-00001-of-00003.gguf beside it");
    }

    @Test
    void asksForANameWithTheNumber() throws IOException {
        var renamed = Files.move(path(2), folder.resolve("other.gguf"));
        assertThatThrownBy(() -> Checkpoint.open(renamed))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("must end with '-00002-of-00003.gguf'");
    }

    @Test
    void refusesPartsOfDifferentModels() throws IOException {
        part(3, split(new GgufBuilder(), 1, 11));
        refuses(1, "is not part 3 of 3");
        part(3, split(new GgufBuilder(), 2, 11).tensor("output_norm.weight", 8));
        refuses(1, "'output_norm.weight' is in an earlier part");
        part(3, split(new GgufBuilder(), 2, 11).tensor("more.weight", 8));
        refuses(1, "of 11 tensors, but its parts hold 12");
        part(3, split(new GgufBuilder(), 5, 11));
        refuses(3, "calls itself part 6 of 3");
        Files.write(path(3), new byte[0]);
        refuses(1, "tiny-00003-of-00003.gguf: is empty");
    }

    private void refuses(int number, String words) {
        assertThatThrownBy(() -> Checkpoint.open(path(number)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(words);
    }
}

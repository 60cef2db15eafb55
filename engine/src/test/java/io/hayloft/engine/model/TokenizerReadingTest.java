package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers read beside the weights or later: the same result, the same errors, nothing left behind. */
class TokenizerReadingTest {
    private final LoadOptions options = LoadOptions.withThreads(2);

    @TempDir
    Path copy;

    @Test
    void laterReadingGivesTheSameTokens() {
        var folder = Shared.path("models/hayloft-tiny");
        try (var meanwhile = LanguageModel.load(folder, options);
                var later = LanguageModel.load(folder, options.withoutTokenizer())) {
            var text = "The key of the barn is 4711.";
            assertThat(later.tokenizer().encode(text, true, false))
                    .isEqualTo(meanwhile.tokenizer().encode(text, true, false));
            assertThat(later.tokenizer()).isSameAs(later.tokenizer());
        }
    }

    /** Whoever has ids of tokens can use the model; whoever asks for the tokenizer hears each time what is wrong. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokenTokenizerIsToldWhenItIsAskedFor(boolean meanwhile) throws IOException {
        copyModel(List.of("config.json", "model.safetensors"));
        Files.writeString(copy.resolve("tokenizer.json"), "{\"model\": ");
        long before = NativeMemory.liveBytes();

        try (var model = LanguageModel.load(copy, meanwhile ? options : options.withoutTokenizer());
                var cache = Runs.exactCache(model)) {
            assertThat(Runs.prefill(model, new int[] {1, 2, 3}, cache, 64)).isNotEmpty();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(model::tokenizer)
                        .isInstanceOf(UserError.class)
                        .hasMessageContaining("tokenizer.json");
            }
        }
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void brokenWeightsAreToldAtOnceAndTheTokenizerIsFreed() throws IOException {
        copyModel(List.of("config.json", "tokenizer.json"));
        Files.copy(Shared.path("goldens/architectures/llama/model.safetensors"), copy.resolve("model.safetensors"));
        long before = NativeMemory.liveBytes();

        assertThatThrownBy(() -> LanguageModel.load(copy, options)).isInstanceOf(UserError.class);

        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void aClosedReadingServesNobody() {
        try (var checkpoint = Checkpoint.open(Shared.path("models/hayloft-tiny"))) {
            var background = new TokenizerReading(checkpoint);
            background.begin();
            background.close();
            assertThatThrownBy(() -> background.tokenizer().encode("a", true, false))
                    .isInstanceOf(IllegalStateException.class);

            var unused = new TokenizerReading(checkpoint);
            unused.close();
            assertThatThrownBy(unused::tokenizer).isInstanceOf(IllegalStateException.class);
        }
    }

    private void copyModel(List<String> names) throws IOException {
        var folder = Shared.path("models/hayloft-tiny");
        for (var name : names) {
            Files.copy(folder.resolve(name), copy.resolve(name));
        }
    }
}

package io.hayloft.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.CheckpointText;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts of generated tasks have the length that was asked for, in the tokens of any model. */
class GeneratedLengthsTest {
    private record Counter(Tokenizer tokenizer) implements TokenCounter {
        @Override
        public int[] encode(String text) {
            return tokenizer.encode(text, false, false);
        }

        @Override
        public String decode(int[] ids) {
            return tokenizer.decode(ids, true);
        }
    }

    @Test
    void embeddedModel() {
        try (var tokenizer = Tokenizers.fromFolder(Goldens.tinyModel())) {
            check(tokenizer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SmolLM2-135M-Instruct.Q4_1.gguf", "gemma-3-270m-q4_k_m.gguf"})
    void realModels(String file) {
        try (var checkpoint = Checkpoint.open(Shared.realModel(file));
                var tokenizer = CheckpointText.tokenizer(checkpoint)) {
            check(tokenizer);
        }
    }

    /** Where most words are several tokens. */
    @ParameterizedTest
    @ValueSource(strings = {"byte_bpe_qwen2", "sp_bpe_llama2"})
    void smallVocabularies(String folder) {
        try (var tokenizer = Tokenizers.fromFolder(Shared.path("goldens/tokenizers/" + folder))) {
            var tokens = new Counter(tokenizer);
            drawn().forEach(task -> check(task, 1536, tokens));
            Tasks.parse("needle-64").forEach(task -> check(task, 1024, tokens));
        }
    }

    /** All at 4096 tokens; at shorter lengths those of texts whose last tokens are filled. */
    private static void check(Tokenizer tokenizer) {
        var tokens = new Counter(tokenizer);
        drawn().forEach(task -> check(task, 1100, tokens));
        Tasks.parse("needle,needle-64").forEach(task -> check(task, 1024, tokens));
        Stream.of(drawn(), Tasks.parse("needle,needle-64,mini").stream())
                .flatMap(tasks -> tasks)
                .forEach(task -> check(task, 4096, tokens));
    }

    private static Stream<Task> drawn() {
        return Tasks.parse("long-outputs,generated,instructions").stream();
    }

    private static void check(Task task, int length, TokenCounter tokens) {
        for (var sample : task.samples(new SampleRequest(length, 1, 7, null, 0, tokens))) {
            assertThat(1 + tokens.count(sample.prompt().text()))
                    .as(sample.id())
                    .isBetween((int) Math.ceil(0.98 * length), length);
        }
    }
}

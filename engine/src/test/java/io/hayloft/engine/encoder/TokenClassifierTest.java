package io.hayloft.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.EncoderFamily;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TokenClassifierTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EncoderFamily.class)
    void resultsDoNotDependOnThreads(EncoderFamily family) throws IOException {
        TinyEncoder.write(folder, family);
        var ids = new Random(5).ints(20, 2, TinyEncoder.VOCABULARY).toArray();
        float[] one;
        try (var pool = new WorkerPool(1);
                var classifier = TokenClassifier.load(folder, pool)) {
            one = classifier.probabilities(ids);
        }
        try (var pool = new WorkerPool(3);
                var classifier = TokenClassifier.load(folder, pool)) {
            assertThat(classifier.probabilities(ids)).containsExactly(one);
            assertThat(classifier.labels()).isEqualTo(2);
        }
        for (int i = 0; i < one.length; i += 2) {
            assertThat(one[i] + one[i + 1]).isBetween(1 - 1e-6f, 1 + 1e-6f);
        }
    }

    /** Every token sees those behind it. */
    @Test
    void attentionRunsBothWays() throws IOException {
        TinyEncoder.write(folder, EncoderFamily.BERT);
        try (var pool = new WorkerPool(1);
                var classifier = TokenClassifier.load(folder, pool)) {
            var first = classifier.logits(new int[] {3, 4, 5});
            var other = classifier.logits(new int[] {3, 4, 6});
            assertThat(first[0]).isNotEqualTo(other[0]);
        }
    }

    @Test
    void lengthsAndTokensAreChecked() throws IOException {
        TinyEncoder.write(folder, EncoderFamily.XLM_ROBERTA);
        try (var pool = new WorkerPool(1);
                var classifier = TokenClassifier.load(folder, pool)) {
            assertThat(classifier.config().maxTokens()).isEqualTo(TinyEncoder.POSITIONS - 2);
            assertThat(classifier.logits(new int[classifier.config().maxTokens()]))
                    .hasSize(2 * classifier.config().maxTokens());
            for (var ids : new int[][] {{}, new int[TinyEncoder.POSITIONS - 1], {TinyEncoder.VOCABULARY}, {-1}}) {
                assertThatThrownBy(() -> classifier.logits(ids)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"bert\"          | \"llama\"   | not a token classifier",
                "\"hidden_size\": 8 | \"hidden_size\": 9 | not a multiple of num_attention_heads",
                "\"hidden_size\": 8 | \"hidden_size\": 16 | config.json asks for",
                "\"hidden_size\": 8 | \"hidden_size\": \"x\" | hidden_size",
                "\"gelu\"          | \"relu\"    | hidden_act",
                "\"pad_token_id\": 1 | \"pad_token_id\": 99 | pad_token_id",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 3 | encoder.layer.2",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2000000000 | num_hidden_layers",
                "\"vocab_size\": 40 | \"vocab_size\": 2000000000 | word_embeddings",
            })
    void brokenFoldersAreRefusedInOneLine(String from, String to, String message) throws IOException {
        TinyEncoder.write(folder, EncoderFamily.BERT);
        TinyEncoder.replace(folder, from, to);
        long before = NativeMemory.liveBytes();
        try (var pool = new WorkerPool(1)) {
            assertThatThrownBy(() -> TokenClassifier.load(folder, pool))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(message)
                    .hasMessageContaining(folder.toString())
                    .message()
                    .doesNotContain("\n");
        }
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void aFolderWithoutConfigIsNamed() {
        try (var pool = new WorkerPool(1)) {
            assertThatThrownBy(() -> TokenClassifier.load(folder, pool))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("no config.json in " + folder);
        }
    }
}

package io.hayloft.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.testing.Shared;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits and probabilities of tiny BERT and XLM-RoBERTa classifiers against those of transformers. */
class TokenClassifierGoldensTest {
    private static final String FOLDER = "goldens/architectures/";

    @ParameterizedTest
    @CsvSource({
        "bert_token_classification, prompt1",
        "bert_token_classification, prompt2",
        "xlm_roberta_token_classification, prompt1",
        "xlm_roberta_token_classification, prompt2"
    })
    void logitsAndProbabilitiesAreThoseOfTransformers(String name, String prompt) {
        var folder = Shared.path(FOLDER + name);
        try (var pool = new WorkerPool(2);
                var classifier = TokenClassifier.load(folder, pool);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            var ids = ints(expected.readLongs(prompt + ".input_ids"));
            assertClose(classifier.logits(ids), expected.readFloats(prompt + ".logits"));
            assertClose(classifier.probabilities(ids), expected.readFloats(prompt + ".probs"));
        }
    }

    /** A padded batch with a mask is what each sequence gives alone. */
    @ParameterizedTest
    @ValueSource(strings = {"bert_token_classification", "xlm_roberta_token_classification"})
    void aPaddedBatchIsItsSequencesOneByOne(String name) {
        var folder = Shared.path(FOLDER + name);
        try (var pool = new WorkerPool(1);
                var classifier = TokenClassifier.load(folder, pool);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            var shape = expected.shape("batch.input_ids");
            int width = (int) shape[1];
            var ids = ints(expected.readLongs("batch.input_ids"));
            var mask = expected.readLongs("batch.attention_mask");
            var logits = expected.readFloats("batch.logits");
            for (int i = 0; i < shape[0]; i++) {
                int length =
                        (int) Arrays.stream(mask, i * width, (i + 1) * width).sum();
                var alone = classifier.logits(Arrays.copyOfRange(ids, i * width, i * width + length));
                assertClose(alone, Arrays.copyOfRange(logits, 2 * i * width, 2 * (i * width + length)));
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) Math.abs(actual[i] - expected[i]))
                    .as("element %d: %s, expected %s", i, actual[i], expected[i])
                    .isLessThanOrEqualTo(2e-4 + 1e-4 * Math.abs(expected[i]));
        }
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
}

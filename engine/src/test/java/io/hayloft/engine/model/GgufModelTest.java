package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same model as GGUF file: query and key rows in another order, weights in blocks. */
class GgufModelTest {
    private static final String FOLDER = "goldens/quantization/gguf/";
    private static final int LAST_ROWS = 8;

    @Test
    void unquantisedFileEqualsSafetensorsToTheBit() {
        var folder = Shared.path("goldens/architectures/llama");
        try (var gguf = LanguageModel.load(Shared.path(FOLDER + "tiny_llama_f32.gguf"), LoadOptions.withThreads(2));
                var reference = LanguageModel.load(folder, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(gguf);
                var referenceCache = Runs.exactCache(reference)) {
            var ids = Runs.ids(expected, "prompt2.input_ids");
            var logits = Runs.prefill(gguf, ids, cache, 64);
            assertThat(logits).isEqualTo(Runs.prefill(reference, ids, referenceCache, 64));
            Runs.assertClose("logits", logits, expected.readFloats("prompt2.logits"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"q8_0", "q4_0"})
    void quantisedWeightsAgreeWithTheirWidenedValues(String type) {
        try (var model = LanguageModel.load(
                        Shared.path(FOLDER + "tiny_llama_" + type + ".gguf"), LoadOptions.withThreads(2));
                var expected =
                        SafetensorsFile.open(Shared.path(FOLDER + "tiny_llama_" + type + "_expected.safetensors"));
                var first = Runs.exactCache(model);
                var second = Runs.exactCache(model)) {
            var logits = Runs.prefill(model, Runs.ids(expected, "prompt1.input_ids"), first, 64);
            Runs.assertClose("prompt1", logits, expected.readFloats("prompt1.logits"));
            checkGreedy(model, first, logits, Runs.ids(expected, "prompt1.greedy_ids"));

            logits = Runs.prefill(model, Runs.ids(expected, "prompt2.input_ids"), second, 64);
            int tail = LAST_ROWS * model.config().vocabulary();
            var last = expected.readFloats("prompt2.logits");
            Runs.assertClose("prompt2", Runs.slice(logits, logits.length - tail, tail), last);
            checkGreedy(model, second, logits, Runs.ids(expected, "prompt2.greedy_ids"));
        }
    }

    private static void checkGreedy(LanguageModel model, SequenceCache cache, float[] all, int[] greedy) {
        int vocabulary = model.config().vocabulary();
        var logits = Runs.slice(all, all.length - vocabulary, vocabulary);
        for (int id : greedy) {
            assertThat(Runs.best(logits, 0, vocabulary)).isEqualTo(id);
            model.decoder().step(new int[] {id}, new SequenceCache[] {cache}, logits);
        }
    }
}

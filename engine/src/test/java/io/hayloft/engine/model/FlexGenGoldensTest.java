package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model whose every read of keys and values, the prompt's own ones included, is of packed groups of channels. */
class FlexGenGoldensTest {
    @ParameterizedTest
    @CsvSource({"2, 512", "4, 512", "4, 33"})
    void readsItsPromptAndDecodesFromPackedTokens(int bits, int chunk) {
        var codec = new KvCodec.FlexGen(bits, 32, true);
        try (var model = LanguageModel.load(
                        Shared.path("goldens/compression/checkpoint_llama_hd32"), LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(
                        Shared.path("goldens/compression/flexgen/llama_hd32_" + bits + "bit.safetensors"));
                var cache = new SequenceCache(model.cacheShape(), codec, 0)) {
            int vocabulary = model.config().vocabulary();
            var all = Runs.prefill(model, Runs.ids(expected, "input_ids"), cache, chunk);
            Runs.assertClose("prefill", all, expected.readFloats("prefill_logits"));
            var logits = Runs.slice(all, all.length - vocabulary, vocabulary);
            var greedy = Runs.ids(expected, "greedy_ids");
            var expectedLogits = expected.readFloats("greedy_logits");
            for (int i = 0; i < greedy.length; i++) {
                Runs.assertClose("step " + i, logits, Runs.slice(expectedLogits, i * vocabulary, vocabulary));
                assertThat(Runs.best(logits, 0, vocabulary)).isEqualTo(greedy[i]);
                model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, logits);
            }
        }
    }
}

package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that decodes from a KIVI cache: exact prefill, then groups of codes with a residual window. */
class KiviGoldensTest {
    @ParameterizedTest
    @CsvSource({
        "llama_hd32_2bit,2",
        "llama_hd32_4bit,4",
        "llama_hd32_2bit_short_prompt,2",
        "llama_hd32_4bit_short_prompt,4"
    })
    void decodesFromGroupedCodes(String name, int bits) {
        var codec = new KvCodec.Grouped(bits, bits, 32, 128, true);
        try (var model = LanguageModel.load(
                        Shared.path("goldens/compression/checkpoint_llama_hd32"), LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(Shared.path("goldens/compression/kivi/" + name + ".safetensors"));
                var exact = Runs.exactCache(model)) {
            int vocabulary = model.config().vocabulary();
            var all = Runs.prefill(model, Runs.ids(expected, "input_ids"), exact, 512);
            var logits = Runs.slice(all, all.length - vocabulary, vocabulary);
            var greedy = Runs.ids(expected, "greedy_ids");
            var expectedLogits = expected.readFloats("greedy_logits");
            try (var cache = Compaction.select(exact, null, codec, 0, null, model.pool())) {
                for (int i = 0; i < greedy.length; i++) {
                    Runs.assertClose("step " + i, logits, Runs.slice(expectedLogits, i * vocabulary, vocabulary));
                    assertThat(Runs.best(logits, 0, vocabulary)).isEqualTo(greedy[i]);
                    model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, logits);
                }
            }
        }
    }
}

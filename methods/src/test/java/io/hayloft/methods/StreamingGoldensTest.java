package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * StreamingLLM with a windowed prefill and clamped positions, against the attention code of arXiv 2407.01527; and its
 * dense form with positions by slot, against kvpress 0.5.4.
 */
class StreamingGoldensTest {
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "llama, keep0.5_chunk8192, 512, 16, streaming-paper:2x",
        "llama, keep0.5_chunk64, 64, 16, streaming-paper:2x",
        "llama, keep0.25_chunk8192, 512, 16, streaming-paper:4x",
        "llama, keep0.25_chunk64, 64, 16, streaming-paper:4x",
        "llama, init4_local60, 100, 1, 'streaming:64,prefill=windowed,positions=clamped'",
        "mistral, keep0.5_chunk8192, 512, 16, streaming-paper:2x",
        "mistral, keep0.5_chunk64, 64, 16, streaming-paper:2x",
        "mistral, keep0.25_chunk8192, 512, 16, streaming-paper:4x",
        "mistral, keep0.25_chunk64, 64, 16, streaming-paper:4x",
        "mistral, init4_local60, 33, 16, 'streaming:64,prefill=windowed,positions=clamped'"
    })
    void readsAndWritesTheSame(String checkpoint, String golden, int chunk, int stride, String expression) {
        var file = Shared.path("goldens/compression/streaming_llm/" + checkpoint + "_" + golden + ".safetensors");
        var pattern = (PrefillPattern.Own) Methods.parse(expression).prefillPattern();
        try (var model = LanguageModel.load(
                        Shared.path("goldens/architectures/" + checkpoint), LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(file);
                var cache = pattern.cache(model, new KvCodec.F32(), 240)) {
            var rows = expected.readFloats("prefill_logits");
            var sink = new LogitsSink() {
                @Override
                public boolean wants(int row) {
                    return row % stride == 0 || row == 239;
                }

                @Override
                public void accept(int row, float[] logits, int at) {
                    var own = Arrays.copyOfRange(logits, at, at + model.config().vocabulary());
                    if (row % stride == 0) {
                        GoldenRun.assertClose(own, rows, row / stride, 2e-4f);
                    }
                    if (row == 239) {
                        GoldenRun.assertClose(own, expected.readFloats("greedy_logits"), 0, 2e-4f);
                    }
                }
            };
            var options = new PrefillOptions(chunk, null, sink, ProgressListener.NONE);
            model.decoder().prefill(GoldenRun.ids(expected, "input_ids"), 0, 240, cache, options);
            decode(model, cache, expected);
        }
    }

    private static void decode(LanguageModel model, SequenceCache cache, SafetensorsFile expected) {
        var greedy = GoldenRun.ids(expected, "greedy_ids");
        var logits = expected.readFloats("greedy_logits");
        var step = new float[model.config().vocabulary()];
        for (int i = 0; i < greedy.length - 1; i++) {
            model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, step);
            GoldenRun.assertClose(step, logits, i + 1, 2e-4f);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"llama, r0.25, 180", "llama, r0.50, 120", "llama, r0.75, 60", "mistral, r0.50, 120"})
    void denseWithPositionsBySlotIsRerotation(String checkpoint, String ratio, int kept) {
        var folder = Shared.path("goldens/compression/kvpress/" + checkpoint);
        var method = Methods.parse("streaming:" + kept + ",positions=slot,decode=grow");
        try (var model = LanguageModel.load(
                        Shared.path("goldens/architectures/" + checkpoint), LoadOptions.withThreads(2));
                var prompts = SafetensorsFile.open(folder.resolve("prompt_and_baseline.safetensors"));
                var expected = SafetensorsFile.open(folder.resolve("streaming_llm_rerotated.safetensors"));
                var run = new GoldenRun(model, method, GoldenRun.ids(prompts, "context_ids"), 64);
                var cache = method.build(run.prefill())) {
            var step = new float[model.config().vocabulary()];
            for (int token : GoldenRun.ids(prompts, "question_ids")) {
                model.decoder().step(new int[] {token}, new SequenceCache[] {cache}, step);
            }
            var greedy = GoldenRun.ids(expected, ratio + ".greedy_ids");
            var logits = expected.readFloats(ratio + ".greedy_logits");
            assertThat(greedy).hasSize(16);
            for (int i = 0; i < greedy.length; i++) {
                GoldenRun.assertClose(step, logits, i, 2e-4f);
                model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, step);
            }
        }
    }
}

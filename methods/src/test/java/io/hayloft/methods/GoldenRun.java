package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;

/** A prompt read for a method in 32-bit floats, with an exact prefill. */
record GoldenRun(Prefilled prefill, float[] promptLogits) implements AutoCloseable {
    GoldenRun(LanguageModel model, Method method, int[] prompt, int chunk) {
        var cache = new SequenceCache(model.cacheShape(), new KvCodec.F32(), prompt.length);
        var signals = new PrefillSignals(method.signals(), model.config(), prompt.length);
        var logits = new float[model.config().vocabulary()];
        var sink = LogitsSink.of(prompt.length - 1, logits);
        var options = new PrefillOptions(chunk, signals, sink, ProgressListener.NONE);
        model.decoder().prefill(prompt, 0, prompt.length, cache, options);
        this(new Prefilled(model, cache, signals, 0, 0), logits);
    }

    @Override
    public void close() {
        prefill.close();
    }

    /** Checks logits [vocabulary] against a row of the expected ones, and that the same token is best. */
    static void assertClose(float[] logits, float[] expected, int row, float tolerance) {
        int best = 0;
        int expectedBest = 0;
        int at = row * logits.length;
        for (int i = 0; i < logits.length; i++) {
            assertThat(Math.abs(logits[i] - expected[at + i]))
                    .as("row %d, token %d: %f, not %f", row, i, logits[i], expected[at + i])
                    .isLessThan(tolerance + 1e-4f * Math.abs(expected[at + i]));
            best = logits[i] > logits[best] ? i : best;
            expectedBest = expected[at + i] > expected[at + expectedBest] ? i : expectedBest;
        }
        assertThat(best).isEqualTo(expectedBest);
    }

    static int[] ids(SafetensorsFile file, String name) {
        return Arrays.stream(file.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }
}

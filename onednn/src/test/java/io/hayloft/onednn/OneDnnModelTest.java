package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models whose prefills oneDNN computes. */
class OneDnnModelTest {
    private static final String FOLDER = "goldens/quantization/gguf/";

    /** Of the largest logit: 8 bits of mantissa leave an error of 1 in 256 in each factor, of which many cancel. */
    private static final double TOLERANCE = 0.02;

    /** 8 bits in all, of numbers with one scale. */
    private static final double BYTE_TOLERANCE = 0.05;

    @ParameterizedTest
    @ValueSource(strings = {"q8_0", "q4_0"})
    void logitsAgreeWithTheReference(String type) {
        assertAgrees(type, Here.backend(), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"q8_0", "q4_0"})
    void logitsOfBytesAreNearTheReference(String type) {
        assertAgrees(type, Here.byteBackend(), BYTE_TOLERANCE);
    }

    private static void assertAgrees(String type, PrefillBackend backend, double tolerance) {
        var path = Shared.path(FOLDER + "tiny_llama_" + type + ".gguf");
        try (var expected =
                SafetensorsFile.open(Shared.path(FOLDER + "tiny_llama_" + type + "_expected.safetensors"))) {
            var logits = prefill(path, backend, 2, ids(expected, "prompt1.input_ids"), 64);
            assertNear(logits, expected.readFloats("prompt1.logits"), tolerance);
        }
    }

    private static void assertNear(float[] logits, float[] expected, double tolerance) {
        assertThat(logits).hasSameSizeAs(expected);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs((double) logits[i] - expected[i]));
        }
        assertThat(worst).isBetween(1e-6 * largest, tolerance * largest); // less would be another computation
    }

    @Test
    void logitsHaveTheSameBitsForAnyChunkAndNumberOfThreads() {
        assertSameBits(Here.backend());
    }

    @Test
    void logitsOfBytesHaveTheSameBitsForAnyChunkAndNumberOfThreads() {
        assertSameBits(Here.byteBackend());
    }

    private static void assertSameBits(PrefillBackend backend) {
        var path = Shared.path("models/hayloft-tiny");
        var ids = new int[150];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i * 37 % 400;
        }
        var wanted = prefill(path, backend, 1, ids, 512);
        for (int threads = 1; threads <= 3; threads++) {
            for (int chunk : new int[] {7, 64, 149}) {
                assertThat(Arrays.equals(prefill(path, backend, threads, ids, chunk), wanted))
                        .as("%s threads, chunks of %s", threads, chunk)
                        .isTrue();
            }
        }
        assertThat(Arrays.equals(prefill(path, null, 1, ids, 512), wanted))
                .as("equal to the engine's own kernels")
                .isFalse();
    }

    private static int[] ids(SafetensorsFile file, String name) {
        return Arrays.stream(file.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }

    /** Logits of all positions. */
    private static float[] prefill(Path path, @Nullable PrefillBackend backend, int threads, int[] tokens, int chunk) {
        try (var model = LanguageModel.load(path, new LoadOptions(threads, backend, ProgressListener.NONE));
                var cache = new SequenceCache(model.cacheShape(), new KvCodec.F32(), tokens.length)) {
            int vocabulary = model.config().vocabulary();
            var all = new float[tokens.length * vocabulary];
            var sink = new LogitsSink() {
                @Override
                public boolean wants(int row) {
                    return true;
                }

                @Override
                public void accept(int row, float[] logits, int at) {
                    System.arraycopy(logits, at, all, row * vocabulary, vocabulary);
                }
            };
            model.decoder()
                    .prefill(
                            tokens,
                            0,
                            tokens.length,
                            cache,
                            new PrefillOptions(chunk, null, sink, ProgressListener.NONE));
            return all;
        }
    }
}

package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs a model on token ids and compares the numbers with reference data. */
public final class Runs {
    private Runs() {}

    /** A checkpoint folder with one of its config files. */
    public static LanguageModel load(Path folder, String config, int threads) {
        return LanguageModel.load(Checkpoint.openFolder(folder, config), LoadOptions.withThreads(threads));
    }

    /** Token ids stored as I64. */
    public static int[] ids(SafetensorsFile file, String name) {
        return Arrays.stream(file.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }

    /** An empty cache that stores floats as they are and keeps what slides out of windows. */
    public static SequenceCache exactCache(LanguageModel model) {
        return new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true);
    }

    /** Reads the tokens from an empty cache on; logits of all rows [tokens][vocabulary]. */
    public static float[] prefill(LanguageModel model, int[] tokens, SequenceCache cache, int chunk) {
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
                .prefill(tokens, 0, tokens.length, cache, new PrefillOptions(chunk, null, sink, ProgressListener.NONE));
        return all;
    }

    /** Keys of a layer in the order of positions, [kvHeads][tokens][headDim]. */
    public static float[] keys(SequenceCache cache, int layer) {
        var from = cache.layer(layer);
        int headSize = from.length(0) * from.headDim();
        var keys = new float[from.kvHeads() * headSize];
        for (int head = 0; head < from.kvHeads(); head++) {
            from.readKeys(head, 0, from.length(head), keys, head * headSize);
        }
        return keys;
    }

    /** Values of a layer in the order of positions, [kvHeads][tokens][headDim]. */
    public static float[] values(SequenceCache cache, int layer) {
        var from = cache.layer(layer);
        int headSize = from.length(0) * from.headDim();
        var values = new float[from.kvHeads() * headSize];
        for (int head = 0; head < from.kvHeads(); head++) {
            from.readValues(head, 0, from.length(head), values, head * headSize);
        }
        return values;
    }

    /** The part of an array. */
    public static float[] slice(float[] all, int from, int length) {
        return Arrays.copyOfRange(all, from, from + length);
    }

    /** Index of the largest element in a row. */
    public static int best(float[] logits, int at, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (logits[at + i] > logits[at + best]) {
                best = i;
            }
        }
        return best;
    }

    /** Within 2e-4 + 1e-4 of the magnitude everywhere; a failure names the worst place. */
    public static void assertClose(String what, float[] actual, float[] expected) {
        assertClose(what, actual, expected, 2e-4, 1e-4);
    }

    /** Within an absolute and a relative distance everywhere; a failure names the worst place. */
    public static void assertClose(String what, float[] actual, float[] expected, double absolute, double relative) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double worst = -1;
        int at = 0;
        for (int i = 0; i < actual.length; i++) {
            double over = Math.abs((double) actual[i] - expected[i]) / (absolute + relative * Math.abs(expected[i]));
            if (!(over <= worst)) {
                worst = over;
                at = i;
            }
        }
        assertThat(worst)
                .as("%s: %s instead of %s at %d, distance over tolerance", what, actual[at], expected[at], at)
                .isLessThanOrEqualTo(1);
    }
}

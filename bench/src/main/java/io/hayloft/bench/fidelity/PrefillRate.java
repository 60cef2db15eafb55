package io.hayloft.bench.fidelity;

import io.hayloft.bench.speed.Timings;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;

/** Measures how fast models read a prompt, in turns, so that other work of the machine slows down all of them alike. */
public final class PrefillRate {
    private PrefillRate() {}

    /**
     * Median tokens per second of each model, the logits of the last token included.
     *
     * @param rounds how often each model reads the tokens, after one round that is not counted
     */
    public static double[] ofEach(LanguageModel[] models, int[] tokens, int rounds) {
        var seconds = new double[models.length][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < models.length; i++) {
                double time = seconds(models[i], tokens, new KvCodec.F16());
                if (round >= 0) {
                    seconds[i][round] = time;
                }
            }
        }
        var speeds = new double[models.length];
        for (int i = 0; i < models.length; i++) {
            speeds[i] = Timings.median(new Timings(seconds[i]).speeds(tokens.length));
        }
        return speeds;
    }

    /** Wall time of one prefill, the logits of the last token included, in seconds. */
    public static double seconds(LanguageModel model, int[] tokens, KvCodec cacheType) {
        var logits = new float[model.config().vocabulary()];
        long start = System.nanoTime();
        try (var cache = new SequenceCache(model.cacheShape(), cacheType, tokens.length)) {
            var options = PrefillOptions.logits(LogitsSink.of(tokens.length - 1, logits));
            model.decoder().prefill(tokens, 0, tokens.length, cache, options);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}

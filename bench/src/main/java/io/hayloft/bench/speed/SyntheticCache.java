package io.hayloft.bench.speed;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.RecurrentState;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import java.util.SplittableRandom;

/** Caches of any depth, filled with random keys, values and states: as large and laid out like those that a prompt leaves. */
final class SyntheticCache {
    private static final int CHUNK = 512;
    private static final long SEED = 1;

    private final LanguageModel model;
    private final float[] keys;
    private final float[] values;

    SyntheticCache(LanguageModel model) {
        this.model = model;
        var random = new SplittableRandom(SEED);
        int width = widest(model.config());
        this.keys = new float[CHUNK * width];
        this.values = new float[CHUNK * width];
        fill(keys, random);
        fill(values, random);
    }

    private static int widest(DecoderConfig config) {
        int width = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            width = Math.max(
                    width,
                    config.findAttention(layer).map(AttentionConfig::kvWidth).orElse(0));
        }
        return width;
    }

    private static void fill(float[] target, SplittableRandom random) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) (2 * random.nextDouble() - 1);
        }
    }

    /** The cache that a prompt of this many tokens is read into; the caller closes it. */
    SequenceCache ofPrompt(Method method, KvCodec cacheType, int tokens) {
        var cache = new SequenceCache(model.cacheShape(), codec(method, cacheType), tokens);
        try {
            fillStates(cache);
            for (int from = 0; from < tokens; from += CHUNK) {
                append(cache, from, Math.min(CHUNK, tokens - from));
            }
            cache.giveBack();
            return cache;
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    /** How the cache of a prompt stores its tokens. */
    static KvCodec codec(Method method, KvCodec cacheType) {
        return method.prefillPattern() instanceof PrefillPattern.Stored stored ? stored.codec() : cacheType;
    }

    private static void fillStates(SequenceCache cache) {
        var random = new SplittableRandom(SEED);
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            if (cache.state(layer) instanceof RecurrentState state) {
                fill(state.values(), random);
            }
        }
    }

    private void append(SequenceCache cache, int from, int rows) {
        var shape = cache.shape();
        model.pool().run(shape.layers(), (layer, worker) -> {
            if (shape.isKv(layer)) {
                int width = shape.kv(layer).rowSize();
                cache.layer(layer).append(keys, 0, values, 0, rows, width, from);
            }
        });
        cache.advance(rows);
    }

    /** The cache that the method makes of such a prompt; the caller closes it. */
    SequenceCache compressed(Method method, KvCodec cacheType, int tokens) {
        if (method.keepsAll()) {
            return ofPrompt(method, cacheType, tokens);
        }
        var signals = new PrefillSignals(method.signals(), model.config(), tokens);
        var random = new SplittableRandom(SEED);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            if (!model.cacheShape().seesAll(layer)) {
                continue; // not recorded
            }
            fill(signals.lastQueries(layer), random);
            if (method.signals().accumulatedAttention()) {
                fill(signals.accumulatedAttention(layer), random);
            }
        }
        try (var prompt = new Prefilled(model, ofPrompt(method, cacheType, tokens), signals, SEED)) {
            return method.build(prompt);
        }
    }
}

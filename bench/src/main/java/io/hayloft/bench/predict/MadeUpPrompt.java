package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.OutOfWindowStore;
import io.hayloft.kv.cache.SequenceCache;
import java.util.SplittableRandom;

/**
 * Prompts of random keys, values and queries: they leave the caches that reading as many tokens leaves, chunk by chunk, in
 * the time that it takes to store them.
 */
final class MadeUpPrompt {
    private static final OutOfWindowStore.InverseRotation NOT_ROTATED = (key, at, position) -> {};

    private final LanguageModel model;
    private final Content content;
    private final SplittableRandom random;
    private int filled; // rows
    private float[] keys = {};
    private float[] values = {};
    private float[] queries = {};

    MadeUpPrompt(LanguageModel model, Content content) {
        this.model = model;
        this.content = content;
        this.random = new SplittableRandom(content.seed());
    }

    /** A prompt as {@link io.hayloft.engine.generation.Generation} would have read it; the caller closes it. */
    Prefilled read(PrefillPattern pattern, SignalRequest request, KvCodec cacheType, int tokens) {
        return readPart(pattern, request, cacheType, tokens, 0);
    }

    /**
     * A prompt of which a part has been read; the caller closes it.
     *
     * @param missing tokens that are still to come
     */
    Prefilled readPart(PrefillPattern pattern, SignalRequest request, KvCodec cacheType, int tokens, int missing) {
        var cache = switch (pattern) {
            case PrefillPattern.Exact exact -> new SequenceCache(model.cacheShape(), cacheType, tokens + missing);
            case PrefillPattern.Stored stored ->
                new SequenceCache(model.cacheShape(), stored.codec(), tokens + missing);
            case PrefillPattern.Own own -> own.cache(model, cacheType, tokens + missing);
        };
        try {
            int chunk = PrefillOptions.DEFAULT_CHUNK;
            int last = tokens;
            if (pattern instanceof PrefillPattern.Own own) {
                chunk = own.chunk(chunk);
                last = own.lastAlone() && tokens > 1 && missing == 0 ? tokens - 1 : tokens;
            }
            append(cache, 0, last, chunk);
            append(cache, last, tokens, chunk);
            return new Prefilled(model, cache, signals(request, tokens + missing), content.seed());
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private void append(SequenceCache cache, int from, int to, int chunk) {
        for (int first = from; first < to; first += chunk) {
            int rows = Math.min(chunk, to - first);
            makeUp(cache.shape(), first, rows);
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                if (cache.shape().isKv(layer)) {
                    appendTo(cache, layer, first, rows);
                }
            }
            cache.advance(rows);
        }
        cache.giveBack();
    }

    private void appendTo(SequenceCache cache, int layer, int first, int rows) {
        var near = cache.layer(layer);
        near.append(keys, 0, values, 0, rows, cache.shape().kv(layer).rowSize(), first);
        var outOfWindow = cache.outOfWindow();
        if (outOfWindow != null) {
            int width = model.config().attention(layer).queryWidth();
            outOfWindow.prepare(layer, near, first, rows, queries, 0, width, NOT_ROTATED);
        }
    }

    /** Makes up rows that are wide enough for every layer; plain ones only if there are too few. */
    private void makeUp(CacheShape shape, int first, int rows) {
        if (rows <= filled && !content.recent()) {
            return;
        }
        int keyWidth = 0;
        int queryWidth = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            if (shape.isKv(layer)) {
                keyWidth = Math.max(keyWidth, shape.kv(layer).rowSize());
                queryWidth =
                        Math.max(queryWidth, model.config().attention(layer).queryWidth());
            }
        }
        keys = new float[Math.multiplyExact(rows, keyWidth)];
        values = new float[keys.length];
        queries = new float[Math.multiplyExact(rows, queryWidth)];
        filled = rows;
        fillKeys(keyWidth, first);
        fill(values, keyWidth);
        fill(queries, queryWidth);
    }

    private void fillKeys(int width, int first) {
        fill(keys, width);
        for (int i = 0; content.recent() && i < keys.length; i++) {
            keys[i] = -1f / (1 + first + i / width); // shorter, and nearer to positive queries, from token to token
        }
    }

    private void fill(float[] target, int width) {
        for (int i = 0; i < target.length; i++) {
            double place = (double) (i % width) / width; // the first heads look at all tokens, the last at few
            double size = content.uneven() ? 1 + 8 * place * place : 1;
            double number = content.recent() ? 1 : 2 * random.nextDouble() - 1;
            target[i] = (float) (size * number);
        }
    }

    private PrefillSignals signals(SignalRequest request, int tokens) {
        var signals = new PrefillSignals(request, model.config(), tokens);
        var shape = model.cacheShape();
        for (int layer = 0; layer < shape.layers(); layer++) {
            if (shape.seesAll(layer)) { // others are not recorded
                var attention = model.config().attention(layer);
                fill(signals.lastQueries(layer), attention.queryWidth());
                if (request.accumulatedAttention()) {
                    fillAttention(signals.accumulatedAttention(layer), tokens, attention.groupSize());
                }
            }
        }
        return signals;
    }

    /** Accumulated attention [queryHeads][tokens]. */
    private void fillAttention(float[] attention, int tokens, int group) {
        for (int i = 0; i < attention.length; i++) {
            int head = i / tokens;
            if (content.recent()) {
                attention[i] = 1 + i % tokens;
            } else if (content.uneven() && head % group > 0) {
                attention[i] = attention[i - tokens];
            } else {
                attention[i] = (float) Math.pow(random.nextDouble(), content.uneven() ? 1 + head : 1);
            }
        }
    }
}

package io.hayloft.methods.far;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Budget;
import io.hayloft.methods.far.SinkMemory.QueryPlace;

/**
 * A prompt read with a sliding window: every token sees the sinks and the newest tokens before it, and nothing else.
 *
 * @param budget tokens that a query sees, itself and the sinks included
 * @param sinks how many of them are sinks
 * @param positions how far away the sinks are
 */
record WindowedPrefill(Budget budget, Sinks sinks, Positions positions) implements PrefillPattern.Own {
    @Override
    public SequenceCache cache(LanguageModel model, KvCodec codec, int tokens) {
        int seen = budget.capacity(tokens);
        int first = sinks.of(seen);
        var shape = model.cacheShape();
        var place = switch (positions) {
            case ORIGINAL -> new QueryPlace(0, Integer.MAX_VALUE, false);
            case SLOT -> new QueryPlace(0, seen - 1, false);
            case CLAMPED -> new QueryPlace(0, seen - 1, true);
        };
        var memory = SinkMemory.empty(first, seen - first, place, shape, codec);
        return new SequenceCache(narrowed(shape, seen - first), codec, null, memory);
    }

    /** The shape with a window in the layers that have none. */
    static CacheShape narrowed(CacheShape shape, int window) {
        var windows = shape.windowOfLayer();
        for (int layer = 0; layer < windows.length; layer++) {
            windows[layer] = windows[layer] == 0 ? window : windows[layer];
        }
        return new CacheShape(shape.layers(), shape.kvHeads(), shape.headDim(), windows);
    }
}

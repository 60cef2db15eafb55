package io.hayloft.methods.window;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Budget;
import io.hayloft.methods.window.SinkStore.QueryPlace;

/**
 * A prompt read with a sliding window: every token sees the sinks and the newest tokens before it, and nothing else.
 *
 * @param budget tokens that a query sees, itself and the sinks included
 * @param sinks how many of them are sinks
 * @param positions how far away the sinks are
 */
record WindowedPrefill(Budget budget, Sinks sinks, SinkPositions positions) implements PrefillPattern.Own {
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
        var store = SinkStore.empty(first, seen - first, place, shape, codec);
        try {
            return new SequenceCache(shape.narrowed(seen - first), codec, null, store);
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }
}

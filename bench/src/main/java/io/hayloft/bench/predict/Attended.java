package io.hayloft.bench.predict;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.List;

/** Counts what a decode step looks at. */
final class Attended {
    private Attended() {}

    /**
     * Channels of the queries of a decode step times tokens that they look at, in all layers of a cache. Out-of-window tokens
     * that are looked up count as far as a step reads them.
     */
    static double channels(SequenceCache cache, DecoderConfig config) {
        double channels = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            if (cache.shape().isKv(layer)) {
                var attention = config.attention(layer);
                channels += (double) tokens(cache, layer) * attention.groupSize() * attention.headDim();
            }
        }
        return channels;
    }

    private static long tokens(SequenceCache cache, int layer) {
        var near = cache.layer(layer);
        var store = cache.outOfWindow();
        var others = store == null ? null : store.tokens(layer);
        double share = store == null ? 0 : (double) store.residentBytes() / Math.max(1, store.bytes());
        long tokens = 0;
        for (int head = 0; head < near.kvHeads(); head++) {
            int length = near.length(head) + 1; // with the token of the step
            tokens += near.window() == 0 ? length : Math.min(length, near.window());
            tokens += others == null ? 0 : Math.round(share * others.length(head));
        }
        return tokens;
    }

    /** Tokens that each KV head of each layer holds, those that are out of the window left out. */
    static List<Integer> lengths(SequenceCache cache) {
        var lengths = new ArrayList<Integer>();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            int heads = cache.shape().isKv(layer) ? cache.layer(layer).kvHeads() : 0;
            for (int head = 0; head < heads; head++) {
                lengths.add(cache.layer(layer).length(head));
            }
        }
        return lengths;
    }

    /** The form of a cache, which decides how long such a channel takes: codec, what changes the cache, what is looked up. */
    static String form(SequenceCache cache) {
        var policy = cache.policy();
        var store = cache.outOfWindow();
        return cache.codec().text()
                + (policy == null ? "" : ", " + policy.getClass().getSimpleName())
                + (store == null ? "" : ", " + store.getClass().getSimpleName());
    }
}

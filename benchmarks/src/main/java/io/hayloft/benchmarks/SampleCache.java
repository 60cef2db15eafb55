package io.hayloft.benchmarks;

import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;

/** Caches of one layer with random contents, and the attention that reads them. */
final class SampleCache {
    private static final int CHUNK = 512;

    private SampleCache() {}

    /**
     * Attention without window or soft cap.
     *
     * @param heads KV heads x query heads of each x channels, such as {@code 8x4x64}
     */
    static AttentionShape shape(String heads) {
        var sizes = heads.split("x", -1);
        int kvHeads = Integer.parseInt(sizes[0]);
        int dim = Integer.parseInt(sizes[2]);
        return new AttentionShape(
                kvHeads * Integer.parseInt(sizes[1]), kvHeads, dim, (float) (1 / Math.sqrt(dim)), 0, 0);
    }

    /** A cache of one layer that holds this many tokens. */
    static SequenceCache filled(AttentionShape shape, KvCodec codec, int tokens) {
        var cache = new SequenceCache(CacheShape.full(1, shape.kvHeads(), shape.headDim()), codec, tokens);
        int width = shape.kvHeads() * shape.headDim();
        var k = SampleWeights.activations(CHUNK * width);
        for (int from = 0; from < tokens; from += CHUNK) {
            int rows = Math.min(CHUNK, tokens - from);
            cache.layer(0).append(k, 0, k, 0, rows, width, from);
            cache.advance(rows);
        }
        return cache;
    }
}

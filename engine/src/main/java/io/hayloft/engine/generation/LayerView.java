package io.hayloft.engine.generation;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.cache.LayerCache;
import java.util.function.Supplier;

/** One layer of a prefill, as a scorer sees it: keys, values, queries and accumulated attention as plain arrays. */
public final class LayerView {
    private final Prefilled prefill;
    private final int layer;

    LayerView(Prefilled prefill, int layer) {
        this.prefill = prefill;
        this.layer = layer;
    }

    /** Index of the layer, from 0. */
    public int layer() {
        return layer;
    }

    /** Tokens that the cache of this layer holds (n below): all of the prompt, or the sliding window of a layer that has one. */
    public int tokens() {
        return cache().length(0);
    }

    /** Position in the prompt of a head's slot. */
    public int position(int head, int slot) {
        return cache().position(head, slot);
    }

    /** Sizes and scale of the layer's attention; its sliding window is 0 where every query sees all. */
    public AttentionShape shape() {
        return prefill.model().decoder().attention(layer);
    }

    /** The model's configuration. */
    public DecoderConfig config() {
        return prefill.model().config();
    }

    /** Seed of methods that draw at random. */
    public long seed() {
        return prefill.seed();
    }

    /** Keys of one KV head after RoPE: [n][headDim], read from the cache (a new array). */
    public float[] keys(int kvHead) {
        var keys = new float[cache().length(kvHead) * cache().headDim()];
        cache().readKeys(kvHead, 0, cache().length(kvHead), keys, 0);
        return keys;
    }

    /** Values of one KV head: [n][headDim], read from the cache (a new array). */
    public float[] values(int kvHead) {
        var values = new float[cache().length(kvHead) * cache().headDim()];
        cache().readValues(kvHead, 0, cache().length(kvHead), values, 0);
        return values;
    }

    /** Number of recorded queries, those of the last prompt tokens (w below). */
    public int queryWindow() {
        return prefill.signals().queryWindow();
    }

    /** Queries of the last w prompt tokens after RoPE, oldest first: [w][queryHeads * headDim]. */
    public float[] lastQueries() {
        return prefill.signals().lastQueries(layer);
    }

    /** Accumulated attention: what each prompt token received, summed over the queries: [queryHeads][prompt tokens]. */
    public float[] accumulatedAttention() {
        return prefill.signals().accumulatedAttention(layer);
    }

    /**
     * Returns numbers that are computed once for this layer, however many methods of the prefill ask for them.
     *
     * @param key identifies them, by {@code equals}
     * @param compute called unless somebody has asked before; may call this method in turn
     * @return shared with the others who ask: read only
     */
    public float[][] once(Object key, Supplier<float[][]> compute) {
        return prefill.once(layer, key, compute);
    }

    private LayerCache cache() {
        return prefill.cache().layer(layer);
    }
}

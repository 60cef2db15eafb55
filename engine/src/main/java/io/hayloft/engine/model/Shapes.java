package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.cache.CacheShape;

/** What attention and caches need to know of a configuration. */
public final class Shapes {
    private Shapes() {}

    /** The attention of one layer; its window is 0 where every query sees all tokens. */
    public static AttentionShape attention(DecoderConfig config, int layer) {
        return new AttentionShape(
                config.queryHeads(),
                config.kvHeads(),
                config.headDim(),
                (float) config.queryScale(),
                (float) config.attentionSoftCap(),
                config.windowOf(layer));
    }

    /** Numbers in the matrices of all layers, without embedding and output. */
    public static long layerWeights(DecoderConfig config) {
        long heads = 2L * (config.queryHeads() + config.kvHeads()) * config.headDim();
        return (long) config.layers() * config.hidden() * (heads + 3L * config.feedForward());
    }

    /** The caches of a model. */
    public static CacheShape cache(DecoderConfig config) {
        var windows = new int[config.layers()];
        for (int layer = 0; layer < windows.length; layer++) {
            windows[layer] = config.windowOf(layer);
        }
        return new CacheShape(config.layers(), config.kvHeads(), config.headDim(), windows);
    }
}

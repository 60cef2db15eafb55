package io.hayloft.engine.model;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.LayerShape;
import io.hayloft.kv.cache.LayerShape.KvShape;

/** The sizes of attention and caches that follow from a configuration. */
public final class Shapes {
    private Shapes() {}

    /** The attention of one layer; its window is 0 where every query sees all tokens. */
    public static AttentionShape attention(DecoderConfig config, int layer) {
        var attention = config.attention(layer);
        return new AttentionShape(
                attention.queryHeads(),
                attention.kvHeads(),
                attention.headDim(),
                (float) attention.scale(),
                (float) attention.softCap(),
                attention.window());
    }

    /** Numbers in the matrices of all layers, without embedding and output. */
    public static long layerWeights(DecoderConfig config) {
        long numbers = 0;
        for (var layer : config.stack()) {
            long mixer = switch (layer.mixer()) {
                case AttentionConfig attention -> 2L * (attention.queryWidth() + attention.kvWidth());
            };
            numbers += config.hidden()
                    * (mixer
                            + (long) layer.feedForward().matrices()
                                    * layer.feedForward().width());
        }
        return numbers;
    }

    /** The caches of a model. */
    public static CacheShape cache(DecoderConfig config) {
        return new CacheShape(config.stack().stream()
                .map(layer -> switch (layer.mixer()) {
                    case AttentionConfig attention ->
                        (LayerShape) new KvShape(attention.kvHeads(), attention.headDim(), attention.window());
                })
                .toList());
    }
}

package io.hayloft.engine.model;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.LayerShape;
import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import java.util.ArrayList;

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

    /** Numbers in the matrices of all layers that a token goes through, without embedding and output. */
    public static long layerWeights(DecoderConfig config) {
        var streams = config.streams();
        long numbers = streams == null ? 0 : streams.weights(config.hidden(), config.layers());
        for (var layer : config.stack()) {
            numbers +=
                    layer.mixer().weights(config.hidden()) + layer.feedForward().weightsOfRow(config.hidden());
        }
        return numbers;
    }

    /**
     * The states of a model: one for each layer, empty where it reads another's cache, and behind them, in the order of
     * the layers, one for each recurrent mixer that works beside an attention.
     */
    public static CacheShape cache(DecoderConfig config) {
        var shapes = new ArrayList<LayerShape>();
        var beside = new ArrayList<LayerShape>();
        for (var layer : config.stack()) {
            int more = layer.feedForward().stateFloats();
            switch (layer.mixer()) {
                case AttentionConfig attention ->
                    shapes.add(attention.keepsKv() ? keysAndValues(attention) : new RecurrentShape(more));
                case LayerConfig.NoMixer none -> shapes.add(new RecurrentShape(more));
                case LayerConfig.Recurrent recurrent -> shapes.add(new RecurrentShape(recurrent.stateFloats() + more));
                case SharedBlockConfig shared -> {
                    shapes.add(keysAndValues(shared.attention()));
                    beside.add(new RecurrentShape(shared.mamba().stateFloats()));
                }
                case ParallelMixers parallel -> {
                    shapes.add(keysAndValues(parallel.attention()));
                    beside.add(new RecurrentShape(parallel.mamba().stateFloats()));
                }
            }
        }
        shapes.addAll(beside);
        return new CacheShape(shapes);
    }

    private static KvShape keysAndValues(AttentionConfig attention) {
        boolean keyed = attention.additions().latent() != null;
        return new KvShape(attention.kvHeads(), attention.headDim(), attention.window(), keyed);
    }

    /** The number of the state of the recurrent mixer that works beside the attention of a layer. */
    static int stateBeside(DecoderConfig config, int layer) {
        int state = config.layers();
        for (int i = 0; i < layer; i++) {
            var mixer = config.stack().get(i).mixer();
            state += mixer instanceof ParallelMixers || mixer instanceof SharedBlockConfig ? 1 : 0;
        }
        return state;
    }
}

package io.hayloft.bench.predict;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The layers of a model, of which most are alike: one of each kind shows what all take.
 *
 * @param kinds in the order of their first layers
 */
record LayerKinds(List<Kind> kinds) {
    /**
     * Layers that are alike.
     *
     * @param first number of the first of them
     * @param count how many there are
     */
    record Kind(int first, int count) {}

    LayerKinds {
        kinds = List.copyOf(kinds);
    }

    /** Layers whose mixers are equal: their caches are. */
    static LayerKinds byMixer(DecoderConfig config) {
        return by(config, layer -> config.stack().get(layer).mixer());
    }

    /** Layers whose sizes and weight types are equal: they take the same time. */
    static LayerKinds byCost(DecoderConfig config, WeightTypes types) {
        return by(config, layer -> List.of(config.stack().get(layer), types.layer(layer)));
    }

    private static LayerKinds by(DecoderConfig config, IntFunction<Object> sort) {
        var layers = new LinkedHashMap<Object, Kind>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.merge(sort.apply(layer), new Kind(layer, 1), (a, b) -> new Kind(a.first, a.count + b.count));
        }
        return new LayerKinds(new ArrayList<>(layers.values()));
    }

    /** The first layer of each kind. */
    List<LayerConfig> layers(DecoderConfig config) {
        return kinds.stream().map(kind -> config.stack().get(kind.first)).toList();
    }
}

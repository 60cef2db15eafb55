package io.hayloft.bench.predict;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

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

    /** Layers whose attention is equal: their caches are. Layers without attention are of no kind. */
    static LayerKinds byAttention(DecoderConfig config) {
        var layers = new LinkedHashMap<AttentionConfig, Kind>();
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer);
            if (attention.isPresent()) {
                layers.merge(attention.get(), new Kind(layer, 1), (a, b) -> new Kind(a.first, a.count + b.count));
            }
        }
        return new LayerKinds(new ArrayList<>(layers.values()));
    }

    /** Layers that are equal in mixer and feed-forward part: they take the same time. */
    static LayerKinds byLayer(DecoderConfig config) {
        var layers = new LinkedHashMap<LayerConfig, Kind>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.merge(config.stack().get(layer), new Kind(layer, 1), (a, b) -> new Kind(a.first, a.count + b.count));
        }
        return new LayerKinds(new ArrayList<>(layers.values()));
    }

    /** The attention of each kind. */
    List<AttentionConfig> attentions(DecoderConfig config) {
        return kinds.stream().map(kind -> config.attention(kind.first)).toList();
    }
}

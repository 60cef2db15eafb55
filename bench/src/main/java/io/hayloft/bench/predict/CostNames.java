package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.RwkvConfig;
import java.util.Locale;
import java.util.TreeMap;

/** The parts of {@link Cost#key}: what decides how long a unit of work takes. */
final class CostNames {
    private CostNames() {}

    /** The matrices of a layer. */
    static String layer(ModelShape shape, LayerConfig layer, int number) {
        var types = new TreeMap<>(shape.types().layer(number))
                .values().stream()
                        .distinct()
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .toList();
        return "hidden " + shape.config().hidden() + ", " + attention(layer) + ", feed-forward "
                + feedForward(layer.feedForward()) + ", "
                + String.join(" ", types);
    }

    /** The feed-forward part of a layer. */
    private static String feedForward(LayerConfig.FeedForwardPart part) {
        return switch (part) {
            case LayerConfig.FeedForward dense ->
                dense.width() + " " + dense.activation().name().toLowerCase(Locale.ROOT)
                        + (dense.gated() ? "" : " plain") + (dense.biases() ? " biases" : "");
            case ExpertsConfig experts -> throw untimed();
            case LayerConfig.None none -> "none";
            case RwkvConfig.ChannelMix mix -> throw untimed();
        };
    }

    private static IllegalArgumentException untimed() {
        return new IllegalArgumentException("the time of such a layer is not predicted");
    }

    /** The attention of a layer. */
    static String attention(LayerConfig layer) {
        if (!(layer.mixer() instanceof AttentionConfig attention)) {
            throw untimed();
        }
        return "heads " + attention.queryHeads() + "/" + attention.kvHeads() + "x" + attention.headDim()
                + (attention.sliding() ? " window " + attention.window() : "")
                + (attention.softCap() > 0 ? " capped" : "");
    }

    /** How a prompt is read, empty for the usual pattern. */
    static String pattern(PrefillPattern pattern, boolean accumulated) {
        var name = switch (pattern) {
            case PrefillPattern.Exact exact -> "";
            case PrefillPattern.Stored stored -> ", as " + stored.codec().text();
            case PrefillPattern.Own own -> ", " + own.getClass().getSimpleName();
        };
        return name + (accumulated ? ", accumulated" : "");
    }

    /** The weights of a model. */
    static String model(ModelShape shape) {
        var config = shape.config();
        return config.layers() + " layers of " + layer(shape, config.stack().getFirst(), 0) + ", vocabulary "
                + config.vocabulary() + " "
                + shape.types().of(shape.outputRole(), -1).name().toLowerCase(Locale.ROOT);
    }
}

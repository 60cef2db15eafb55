package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RopeConfig.Scaling;
import java.util.List;
import java.util.Map;

/**
 * The rotation that config.json describes, in either dialect: {@code rope_parameters} (transformers 5, one object or one a
 * layer type), or {@code rope_theta} with {@code rope_scaling} (transformers 4).
 */
final class HuggingFaceRope {
    private static final List<String> TYPES = List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope");

    private final Fields config;
    private final int headDim;

    HuggingFaceRope(Fields config, int headDim) {
        this.config = config;
        this.headDim = headDim;
    }

    /** The rotation of layers that see everything. */
    RopeConfig full(double defaultTheta) {
        return read("full_attention", "rope_theta", "rope_scaling", defaultTheta);
    }

    /** The rotation of sliding layers in Gemma 3, which the older dialect never scales. */
    RopeConfig local(double defaultTheta) {
        return read("sliding_attention", "rope_local_base_freq", "", defaultTheta);
    }

    private RopeConfig read(String layerType, String thetaField, String scalingField, double defaultTheta) {
        var parameters = config.object("rope_parameters");
        var ofLayerType = parameters.flatMap(all -> all.object(layerType));
        var scaling = ofLayerType
                .or(() -> parameters)
                .or(() -> config.object(scalingField))
                .orElseGet(() -> new Fields(config.source(), "", Map.of()));
        double theta = scaling.number("rope_theta", config.number(thetaField, defaultTheta));
        double part = scaling.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        if (!(part > 0 && part <= 1)) {
            throw config.error("field 'partial_rotary_factor' must be between 0 and 1, not " + part);
        }
        return new RopeConfig(theta, (int) (headDim * part), scaling(scaling));
    }

    private Scaling scaling(Fields rope) {
        var type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RopeConfig.None();
            case "linear" -> new RopeConfig.Linear(rope.number("factor"));
            case "dynamic" -> new RopeConfig.Dynamic(rope.number("factor"), originalLength(rope));
            case "llama3" ->
                new RopeConfig.Llama3(
                        rope.number("factor"),
                        rope.number("low_freq_factor"),
                        rope.number("high_freq_factor"),
                        originalLength(rope));
            case "yarn" -> yarn(rope);
            case "longrope", "su" -> longRope(rope);
            default ->
                throw config.error(
                        "rope scaling '" + type + "' is not supported; supported are " + String.join(", ", TYPES));
        };
    }

    private Scaling yarn(Fields rope) {
        double factor = rope.number("factor");
        return new RopeConfig.Yarn(
                factor,
                originalLength(rope),
                rope.number("beta_fast", 32),
                rope.number("beta_slow", 1),
                rope.number("attention_factor", RopeConfig.Yarn.defaultAttentionFactor(factor)));
    }

    private Scaling longRope(Fields rope) {
        int original = originalLength(rope);
        double factor = rope.number("factor", config.positive("max_position_embeddings") / (double) original);
        return new RopeConfig.LongRope(
                rope.numbers("short_factor"),
                rope.numbers("long_factor"),
                original,
                rope.number("attention_factor", RopeConfig.LongRope.defaultAttentionFactor(factor, original)));
    }

    private int originalLength(Fields rope) {
        var field = "original_max_position_embeddings";
        if (rope.has(field)) {
            return rope.positive(field);
        }
        return config.has(field) ? config.positive(field) : config.positive("max_position_embeddings");
    }
}

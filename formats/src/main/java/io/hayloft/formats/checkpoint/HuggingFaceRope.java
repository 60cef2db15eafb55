package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RopeConfig.Scaling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rotation that config.json describes, in either dialect: {@code rope_parameters} (transformers 5, one object or one a
 * layer type), or {@code rope_theta} with {@code rope_scaling} (transformers 4). A field that the type of scaling does
 * not know is an error: it would be dropped in silence.
 */
final class HuggingFaceRope {
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    /** The fields of each type of scaling, beside {@link #COMMON}. */
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "default", Set.of(),
            "linear", Set.of("factor"),
            "dynamic", Set.of("factor", "original_max_position_embeddings"),
            "llama3", Set.of("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"),
            "yarn",
                    Set.of(
                            "factor",
                            "original_max_position_embeddings",
                            "attention_factor",
                            "beta_fast",
                            "beta_slow",
                            "mscale",
                            "mscale_all_dim",
                            "truncate"),
            "longrope",
                    Set.of(
                            "factor",
                            "original_max_position_embeddings",
                            "attention_factor",
                            "short_factor",
                            "long_factor"),
            "proportional", Set.of("factor"));

    private static final Set<String> COMMON = Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor");

    private static final List<String> TYPES =
            List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope", "proportional");

    private final Fields config;
    private final int headDim;
    private final boolean ignoreUnknown;

    HuggingFaceRope(Fields config, int headDim, boolean ignoreUnknown) {
        this.config = config;
        this.headDim = headDim;
        this.ignoreUnknown = ignoreUnknown;
    }

    /** The rotation of layers that see everything. */
    RopeConfig full(double defaultTheta) {
        return read(FULL, "rope_theta", "rope_scaling", defaultTheta);
    }

    /** The rotation of sliding layers, where an architecture has one for all unless the config has one for each. */
    RopeConfig sliding(double defaultTheta) {
        var parameters = config.object("rope_parameters").filter(this::isByLayerType);
        if (parameters.isPresent() && !parameters.get().has(SLIDING)) {
            return full(defaultTheta);
        }
        return read(SLIDING, "rope_theta", "rope_scaling", defaultTheta);
    }

    /** The rotation of sliding layers in Gemma 3, which the older dialect never scales. */
    RopeConfig local(double defaultTheta) {
        return read(SLIDING, "rope_local_base_freq", "", defaultTheta);
    }

    private RopeConfig read(String layerType, String thetaField, String scalingField, double defaultTheta) {
        var rope = parameters(layerType, scalingField);
        var type = type(rope);
        checkFields(rope, type);
        double theta =
                rope.number("rope_theta", config.number(thetaField, config.number("rotary_emb_base", defaultTheta)));
        double part = rope.number(
                "partial_rotary_factor", config.number("partial_rotary_factor", config.number("rotary_pct", 1)));
        if (!(part > 0 && part <= 1)) {
            throw config.error("field 'partial_rotary_factor' must be between 0 and 1, not " + part);
        }
        if (type.equals("proportional")) {
            return new RopeConfig(theta, headDim, new RopeConfig.Proportional(rope.number("factor", 1), part));
        }
        return new RopeConfig(theta, (int) (headDim * part), scaling(type, rope));
    }

    /** The object that describes layers of a type; empty if there is none. */
    private Fields parameters(String layerType, String scalingField) {
        var parameters = config.object("rope_parameters");
        var older = scalingField.isEmpty() ? Optional.<Fields>empty() : config.object(scalingField);
        if (parameters.isPresent() && older.isPresent()) {
            throw config.error("fields 'rope_parameters' and 'rope_scaling' both describe the rotation: keep one");
        }
        if (parameters.isPresent() && isByLayerType(parameters.get())) {
            return parameters.get().object(layerType).orElseGet(this::nothing);
        }
        return parameters.or(() -> older).orElseGet(this::nothing);
    }

    private Fields nothing() {
        return new Fields(config.source(), "", Map.of());
    }

    /** Whether the parameters are one object a layer type, which must then be all there is. */
    private boolean isByLayerType(Fields parameters) {
        if (!parameters.has(FULL) && !parameters.has(SLIDING)) {
            return false;
        }
        for (var name : parameters.names()) {
            if (!name.equals(FULL) && !name.equals(SLIDING) && parameters.has(name) && !ignoreUnknown) {
                throw config.error("field 'rope_parameters." + name + "' beside the parameters of " + FULL + " and "
                        + SLIDING + " is not supported" + KnownFields.GO_ON);
            }
        }
        return true;
    }

    private String type(Fields rope) {
        var type = rope.text("rope_type", rope.text("type", "default"));
        var other = rope.text("type", type);
        type = type.equals("su") ? "longrope" : type; // its name before it was published
        if (!type.equals(other.equals("su") ? "longrope" : other)) {
            throw config.error("'rope_type' is '" + type + "', but 'type' is '" + other + "': keep one");
        }
        if (!FIELDS.containsKey(type)) {
            throw config.error(
                    "rope scaling '" + type + "' is not supported; supported are " + String.join(", ", TYPES));
        }
        return type;
    }

    private void checkFields(Fields rope, String type) {
        boolean untyped = !rope.has("rope_type") && !rope.has("type");
        for (var name : rope.names()) {
            boolean known =
                    COMMON.contains(name) || FIELDS.getOrDefault(type, Set.of()).contains(name);
            if (known || !rope.has(name) || ignoreUnknown) {
                continue;
            }
            if (untyped) {
                throw config.error("the rope scaling has a '" + name + "' but no 'rope_type': add one of "
                        + String.join(", ", TYPES));
            }
            throw config.error("field '" + name + "' of rope scaling '" + type + "' is not known" + KnownFields.GO_ON);
        }
    }

    private Scaling scaling(String type, Fields rope) {
        return switch (type) {
            case "linear" -> new RopeConfig.Linear(rope.number("factor"));
            case "dynamic" -> dynamic(rope);
            case "llama3" ->
                new RopeConfig.Llama3(
                        rope.number("factor"),
                        rope.number("low_freq_factor"),
                        rope.number("high_freq_factor"),
                        originalLength(rope));
            case "yarn" -> yarn(rope);
            case "longrope" -> longRope(rope);
            default -> new RopeConfig.None();
        };
    }

    /** The published implementations scale beyond max_position_embeddings, whatever the original length. */
    private Scaling dynamic(Fields rope) {
        int length = config.positive("max_position_embeddings");
        int original = originalLength(rope);
        if (original != length) {
            throw config.error("dynamic rope scaling begins beyond max_position_embeddings, " + length
                    + ", but original_max_position_embeddings is " + original + ": make them equal");
        }
        return new RopeConfig.Dynamic(rope.number("factor"), length);
    }

    private Scaling yarn(Fields rope) {
        int original = originalLength(rope);
        double factor = rope.mentions("factor") ? rope.number("factor", growth(original)) : rope.number("factor");
        double mscale = rope.number("mscale", 0);
        double allDim = rope.number("mscale_all_dim", 0);
        double attention = mscale != 0 && allDim != 0 // only both together count
                ? RopeConfig.Yarn.attentionFactor(factor, mscale) / RopeConfig.Yarn.attentionFactor(factor, allDim)
                : RopeConfig.Yarn.defaultAttentionFactor(factor);
        return new RopeConfig.Yarn(
                factor,
                original,
                rope.number("beta_fast", 32),
                rope.number("beta_slow", 1),
                rope.number("attention_factor", attention),
                rope.flag("truncate", true));
    }

    private Scaling longRope(Fields rope) {
        int original = originalLength(rope);
        double factor = rope.number("factor", growth(original));
        return new RopeConfig.LongRope(
                rope.numbers("short_factor"),
                rope.numbers("long_factor"),
                original,
                rope.number("attention_factor", RopeConfig.LongRope.defaultAttentionFactor(factor, original)));
    }

    /** How much longer the stated context is than the original one. */
    private double growth(int original) {
        return config.positive("max_position_embeddings") / (double) original;
    }

    private int originalLength(Fields rope) {
        var field = "original_max_position_embeddings";
        if (rope.has(field)) {
            return rope.positive(field);
        }
        return config.has(field) ? config.positive(field) : config.positive("max_position_embeddings");
    }
}

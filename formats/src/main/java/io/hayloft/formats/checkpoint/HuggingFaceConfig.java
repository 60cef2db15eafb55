package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.RopeConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads config.json as transformers 4 and 5 write it, with the defaults of each architecture. */
public final class HuggingFaceConfig {
    private static final int SMOLLM3_ROPE_INTERVAL = 4;

    /** Defaults of the fields that the published configs of Gemma 3 leave out. */
    private static final Map<String, Long> GEMMA3_DEFAULTS = Map.of(
            "num_attention_heads", 8L,
            "num_key_value_heads", 4L,
            "vocab_size", 262_208L,
            "max_position_embeddings", 131_072L,
            "bos_token_id", 2L,
            "eos_token_id", 1L);

    private final Fields fields;
    private final Architecture architecture;
    private final ReadOptions options;

    private HuggingFaceConfig(Fields fields, Architecture architecture, ReadOptions options) {
        this.fields = fields;
        this.architecture = architecture;
        this.options = options;
    }

    /**
     * The shape of the model that a config.json describes.
     *
     * @param source what to call it in messages
     * @throws UserError naming the field that is missing, wrong or not supported
     */
    public static DecoderConfig parse(String source, byte[] json) {
        return parse(source, json, ReadOptions.DEFAULTS);
    }

    /** As {@link #parse(String, byte[])}, with a say in how the config is read. */
    public static DecoderConfig parse(String source, byte[] json, ReadOptions options) {
        return read(Json.object(source, json), Optional.empty(), options);
    }

    /** As {@link #parse}, with the EOS tokens that generation_config.json adds. */
    static DecoderConfig read(Fields file, Optional<Fields> generation, ReadOptions options) {
        var architecture = architecture(file);
        var text = file.object("text_config").orElse(file); // the language part of a model that also sees
        if (architecture == Architecture.GEMMA3) {
            text = text.or(GEMMA3_DEFAULTS);
        }
        return new HuggingFaceConfig(text, architecture, options).read(generation);
    }

    static Architecture architecture(Fields file) {
        return Architecture.ofHuggingFace(file.source(), file.text("model_type"));
    }

    private DecoderConfig read(Optional<Fields> generation) {
        checkSupported();
        int hidden = fields.positive("hidden_size");
        int layers = fields.positive("num_hidden_layers");
        if (layers > 1024) {
            throw fields.error("field 'num_hidden_layers' must be at most 1024, not " + layers);
        }
        try {
            var config = new DecoderConfig(
                    architecture.label(),
                    hidden,
                    context(hidden),
                    tokens(hidden, generation),
                    new DecoderConfig.Norms(
                            fields.number("rms_norm_eps", 1e-6), architecture.isGemma(), architecture.isGemma()),
                    stack(hidden, layers));
            if (!options.ignoreUnknown()) {
                KnownFields.checkHuggingFace(fields);
            }
            return config;
        } catch (UserError e) {
            throw fields.located(e);
        }
    }

    private DecoderConfig.Context context(int hidden) {
        // Files of Gemma 3 state the length that scaling reaches.
        var scaling = architecture == Architecture.GEMMA3
                ? new RopeConfig.None()
                : rope(headDim(hidden)).scaling();
        return DecoderConfig.Context.of(fields.positive("max_position_embeddings"), scaling, options.context());
    }

    private DecoderConfig.Tokens tokens(int hidden, Optional<Fields> generation) {
        return new DecoderConfig.Tokens(
                fields.positive("vocab_size"),
                fields.ids("bos_token_id").stream().findFirst().orElse(-1),
                endTokens(generation),
                architecture.isGemma() ? Math.sqrt(hidden) : 1,
                fields.flag("tie_word_embeddings", tiedByDefault()),
                softCap("final_logit_softcapping", 30));
    }

    private List<LayerConfig> stack(int hidden, int layers) {
        int queryHeads = fields.positive("num_attention_heads");
        int headDim = headDim(hidden);
        var rope = rope(headDim);
        var slidingRope = slidingRope(headDim);
        var attention = new AttentionConfig(
                queryHeads,
                fields.positive("num_key_value_heads", queryHeads),
                headDim,
                0,
                rope,
                1 / Math.sqrt(queryScalar(headDim)),
                softCap("attn_logit_softcapping", 50),
                architecture.hasQueryKeyNorm(),
                fields.flag("attention_bias", architecture == Architecture.QWEN2));
        var feedForward = new LayerConfig.FeedForward(fields.positive("intermediate_size"), architecture.activation());
        var sliding = slidingLayers(layers);
        var rotary = rotaryLayers(layers);
        var stack = new ArrayList<LayerConfig>();
        for (int i = 0; i < layers; i++) {
            int window = sliding.get(i) ? fields.positive("sliding_window") : 0;
            var own = !rotary.get(i) ? null : sliding.get(i) ? slidingRope : rope;
            stack.add(new LayerConfig(attention.with(window, own), feedForward));
        }
        return stack;
    }

    private void checkSupported() {
        var activation = fields.text("hidden_activation", fields.text("hidden_act", "silu"));
        // Early Gemma configs say "gelu" and mean the approximation.
        var fits = architecture.isGemma() || activation.equals("silu");
        if (!fits) {
            throw fields.error("field 'hidden_act' is '" + activation + "', but " + architecture.label()
                    + " is only supported with silu");
        }
        QuantisationConfig.read(fields); // refuses formats that are not supported
        if (fields.flag("use_bidirectional_attention", false)) {
            throw fields.error("field 'use_bidirectional_attention' is true, but only causal models are supported");
        }
    }

    private int headDim(int hidden) {
        return fields.positive("head_dim", defaultHeadDim(hidden, fields.positive("num_attention_heads")));
    }

    private int defaultHeadDim(int hidden, int queryHeads) {
        return switch (architecture) {
            case GEMMA2, GEMMA3 -> 256;
            case QWEN3 -> 128;
            default -> Math.max(1, hidden / queryHeads);
        };
    }

    private boolean tiedByDefault() {
        return architecture.isGemma() || architecture == Architecture.SMOLLM3;
    }

    private RopeConfig rope(int headDim) {
        return ropes(headDim).full(defaultTheta());
    }

    private RopeConfig slidingRope(int headDim) {
        var ropes = ropes(headDim);
        return architecture == Architecture.GEMMA3 ? ropes.local(10_000) : ropes.sliding(defaultTheta());
    }

    private HuggingFaceRope ropes(int headDim) {
        return new HuggingFaceRope(fields, headDim, options.ignoreUnknown());
    }

    private double defaultTheta() {
        return switch (architecture) {
            case GEMMA3 -> 1_000_000;
            case SMOLLM3 -> 2_000_000;
            default -> 10_000;
        };
    }

    private double queryScalar(int headDim) {
        double scalar = architecture.isGemma() ? fields.number("query_pre_attn_scalar", 256) : headDim;
        if (!(scalar > 0)) {
            throw fields.error("field 'query_pre_attn_scalar' must be above 0, not " + scalar);
        }
        return scalar;
    }

    /** Only Gemma caps; a null switches the cap off, while absence means the default of Gemma 2. */
    private double softCap(String name, double gemma2Default) {
        if (!architecture.isGemma()) {
            return 0;
        }
        boolean unsaid = architecture == Architecture.GEMMA2 && !fields.mentions(name);
        return fields.number(name, unsaid ? gemma2Default : 0);
    }

    private List<Integer> endTokens(Optional<Fields> generation) {
        var ids = new LinkedHashSet<>(fields.ids("eos_token_id"));
        generation.ifPresent(more -> ids.addAll(more.ids("eos_token_id")));
        return List.copyOf(ids);
    }

    private List<Boolean> slidingLayers(int layers) {
        if (!fields.has("sliding_window") || switchedOff()) {
            return Collections.nCopies(layers, false);
        }
        if (fields.has("layer_types")) {
            return layerTypes(layers);
        }
        int pattern = fields.positive("sliding_window_pattern", fields.positive("_sliding_window_pattern", 6));
        int firstSliding = fields.whole("max_window_layers", 0);
        var sliding = new ArrayList<Boolean>();
        for (int i = 0; i < layers; i++) {
            sliding.add(
                    switch (architecture) {
                        case LLAMA -> false;
                        case MISTRAL, PHI3 -> true;
                        case GEMMA2 -> i % 2 == 0;
                        case GEMMA3 -> (i + 1) % pattern != 0;
                        case QWEN2, QWEN3, SMOLLM3 -> i >= firstSliding;
                    });
        }
        return sliding;
    }

    private boolean switchedOff() {
        return switch (architecture) {
            case QWEN2, QWEN3, SMOLLM3 -> !fields.flag("use_sliding_window", false);
            default -> false;
        };
    }

    private List<Boolean> layerTypes(int layers) {
        var types = fields.texts("layer_types");
        if (types.size() != layers) {
            throw fields.error("field 'layer_types' has " + types.size() + " entries for " + layers + " layers");
        }
        var sliding = new ArrayList<Boolean>();
        for (var type : types) {
            switch (type) {
                case "sliding_attention" -> sliding.add(true);
                case "full_attention" -> sliding.add(false);
                default ->
                    throw fields.error("layer type '" + type + "' is not supported; supported are full_attention,"
                            + " sliding_attention");
            }
        }
        return sliding;
    }

    /** SmolLM3 leaves every fourth layer without rotation. */
    private List<Boolean> rotaryLayers(int layers) {
        if (architecture != Architecture.SMOLLM3) {
            return Collections.nCopies(layers, true);
        }
        if (fields.has("no_rope_layers")) {
            var flags = fields.wholes("no_rope_layers"); // 1 means rotation, against the name
            if (flags.length != layers) {
                throw fields.error("field 'no_rope_layers' has " + flags.length + " entries for " + layers + " layers");
            }
            var rotary = new ArrayList<Boolean>();
            for (long flag : flags) {
                rotary.add(flag != 0);
            }
            return rotary;
        }
        return everyOtherThan(fields.positive("no_rope_layer_interval", SMOLLM3_ROPE_INTERVAL), layers);
    }

    /** True for all but each {@code interval}-th layer. */
    static List<Boolean> everyOtherThan(int interval, int layers) {
        var flags = new ArrayList<Boolean>();
        for (int i = 1; i <= layers; i++) {
            flags.add(i % interval != 0);
        }
        return flags;
    }
}

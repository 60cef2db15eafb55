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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private final HuggingFaceLayers parts;
    private final ReadOptions options;

    private HuggingFaceConfig(Fields fields, Architecture architecture, ReadOptions options) {
        this.fields = fields;
        this.architecture = architecture;
        this.parts = new HuggingFaceLayers(fields, architecture);
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
        text = switch (architecture) {
            case GEMMA3 -> text.or(GEMMA3_DEFAULTS);
            case GEMMA3N -> text.or(HuggingFaceGemma3n.DEFAULTS);
            default -> text;
        };
        text = HuggingFaceHybrid.withLayers(HuggingFaceFamily.of(architecture).fields(text));
        return switch (architecture) {
            case MAMBA, MAMBA2, JAMBA, FALCON_H1 ->
                new HuggingFaceStateSpace(text, architecture, options).read(endTokens(text, generation));
            case RECURRENT_GEMMA, RWKV5 ->
                new HuggingFaceRecurrent(text, architecture, options).read(endTokens(text, generation));
            default -> new HuggingFaceConfig(text, architecture, options).read(generation);
        };
    }

    static Architecture architecture(Fields file) {
        return Architecture.ofHuggingFace(file.source(), file.text("model_type"));
    }

    /** Number of layers. */
    static int layers(Fields fields) {
        int layers = fields.positive("num_hidden_layers");
        if (layers > 1024) {
            throw fields.error("field 'num_hidden_layers' must be at most 1024, not " + layers);
        }
        return layers;
    }

    private DecoderConfig read(Optional<Fields> generation) {
        checkSupported();
        int hidden = fields.positive("hidden_size");
        int layers = layers(fields);
        try {
            var config = new DecoderConfig(
                    architecture.label(),
                    hidden,
                    context(hidden),
                    tokens(hidden, generation),
                    parts.norms(),
                    parts.residualScale(),
                    architecture == Architecture.GEMMA3N
                            ? new HuggingFaceGemma3n(fields).withHolders(stack(hidden, layers))
                            : stack(hidden, layers),
                    architecture == Architecture.GEMMA3N ? new HuggingFaceGemma3n(fields).streams() : null);
            if (!options.ignoreUnknown()) {
                KnownFields.checkHuggingFace(fields, HuggingFaceFamily.of(architecture));
            }
            return config;
        } catch (UserError e) {
            throw fields.located(e);
        }
    }

    private DecoderConfig.Context context(int hidden) {
        // Files of Gemma 3 state the length that scaling reaches.
        var rope = architecture == Architecture.GEMMA3 ? null : rope(headDim(hidden));
        var scaling = rope == null ? new RopeConfig.None() : rope.scaling();
        return DecoderConfig.Context.of(fields.positive("max_position_embeddings"), scaling, options.context());
    }

    private DecoderConfig.Tokens tokens(int hidden, Optional<Fields> generation) {
        return new DecoderConfig.Tokens(
                fields.positive("vocab_size"),
                fields.ids("bos_token_id").stream().findFirst().orElse(-1),
                endTokens(fields, generation),
                parts.embeddingScale(hidden),
                architecture == Architecture.GPT2 ? fields.positive("max_position_embeddings") : 0,
                new DecoderConfig.Output(
                        fields.flag("tie_word_embeddings", tiedByDefault()),
                        architecture == Architecture.PHI,
                        parts.logitScale(),
                        softCap("final_logit_softcapping", 30)));
    }

    private List<LayerConfig> stack(int hidden, int layers) {
        int queryHeads = fields.positive("num_attention_heads");
        int headDim = headDim(hidden);
        var rope = rope(headDim);
        var slidingRope = slidingRope(headDim);
        var attention = architecture.isDeepSeek()
                ? new HuggingFaceLatent(fields, architecture).attention(queryHeads, Objects.requireNonNull(rope))
                : attention(queryHeads, headDim, rope);
        var sliding = slidingLayers(layers);
        var rotary = rotaryLayers(sliding);
        var hybrid = new HuggingFaceHybrid(fields, architecture);
        var kinds = hybrid.kinds(layers);
        var stack = new ArrayList<LayerConfig>();
        for (int i = 0; i < layers; i++) {
            int window = sliding.get(i) ? fields.positive("sliding_window") : 0;
            var own = !rotary.get(i) ? null : sliding.get(i) ? slidingRope : rope;
            stack.add(hybrid.layer(i, kinds.get(i), attention.with(window, own), hidden, parts));
        }
        return stack;
    }

    private AttentionConfig attention(int queryHeads, int headDim, @Nullable RopeConfig rope) {
        double scale = parts.attentionScale();
        return new AttentionConfig(
                queryHeads,
                parts.kvHeads(queryHeads),
                headDim,
                0,
                rope,
                scale > 0 ? scale : 1 / Math.sqrt(queryScalar(headDim)),
                softCap("attn_logit_softcapping", 50),
                parts.headNorm(),
                parts.biases(),
                parts.outputBias(),
                architecture.additions());
    }

    private void checkSupported() {
        QuantisationConfig.read(fields); // refuses formats that are not supported
        if (fields.flag("use_bidirectional_attention", false)) {
            throw fields.error("field 'use_bidirectional_attention' is true, but only causal models are supported");
        }
    }

    private int headDim(int hidden) {
        if (architecture.isDeepSeek()) {
            return HuggingFaceLatent.ropeDim(fields);
        }
        return fields.positive("head_dim", defaultHeadDim(hidden, fields.positive("num_attention_heads")));
    }

    private int defaultHeadDim(int hidden, int queryHeads) {
        return switch (architecture) {
            case GEMMA, GEMMA2, GEMMA3, GEMMA3N, QWEN3_NEXT -> 256;
            case QWEN3, GLM4, NEMOTRON_H -> 128;
            case GPT_OSS -> 64;
            default -> Math.max(1, hidden / queryHeads);
        };
    }

    private boolean tiedByDefault() {
        return switch (architecture) {
            case GEMMA, GEMMA2, GEMMA3, GEMMA3N, SMOLLM3, COHERE, COHERE2, STARCODER2, GPT2, FALCON, LFM2, ZAMBA2 ->
                true;
            default -> false;
        };
    }

    private @Nullable RopeConfig rope(int headDim) {
        return architecture == Architecture.GPT2 ? null : ropes(headDim).full(defaultTheta());
    }

    private @Nullable RopeConfig slidingRope(int headDim) {
        if (architecture == Architecture.GPT2) {
            return null;
        }
        var ropes = ropes(headDim);
        return architecture.hasLocalRotation() ? ropes.local(10_000) : ropes.sliding(defaultTheta());
    }

    private HuggingFaceRope ropes(int headDim) {
        return new HuggingFaceRope(fields, headDim, options.ignoreUnknown());
    }

    private double defaultTheta() {
        return switch (architecture) {
            case GEMMA3, GEMMA3N -> 1_000_000;
            case SMOLLM3 -> 2_000_000;
            case MIXTRAL, LFM2 -> 1_000_000;
            case GPT_OSS -> 150_000;
            default -> 10_000;
        };
    }

    private double queryScalar(int headDim) {
        double scalar = architecture.isLaterGemma() ? fields.number("query_pre_attn_scalar", 256) : headDim;
        if (!(scalar > 0)) {
            throw fields.error("field 'query_pre_attn_scalar' must be above 0, not " + scalar);
        }
        return scalar;
    }

    /** Only Gemma caps; a null switches the cap off, while absence means the default of Gemma 2. */
    private double softCap(String name, double gemma2Default) {
        if (!architecture.isLaterGemma()) {
            return architecture == Architecture.GEMMA3N && name.startsWith("final") ? fields.number(name, 0) : 0;
        }
        boolean unsaid = architecture == Architecture.GEMMA2 && !fields.mentions(name);
        return fields.number(name, unsaid ? gemma2Default : 0);
    }

    private static List<Integer> endTokens(Fields fields, Optional<Fields> generation) {
        var ids = new LinkedHashSet<>(fields.ids("eos_token_id"));
        generation.ifPresent(more -> ids.addAll(more.ids("eos_token_id")));
        return List.copyOf(ids);
    }

    private List<Boolean> slidingLayers(int layers) {
        boolean typed = fields.has("layer_types") && !architecture.isHybrid();
        var types = typed ? layerTypes(layers) : List.<Boolean>of(); // wrong ones are wrong without a window, too
        if (!fields.has("sliding_window") || switchedOff()) {
            return Collections.nCopies(layers, false);
        }
        if (typed) {
            return types;
        }
        if (architecture == Architecture.EXAONE4 && fields.isText("sliding_window_pattern")) {
            return lettersOfLayers(layers);
        }
        int usual = switch (architecture) {
            case GEMMA3 -> 6;
            case GEMMA3N -> 5;
            default -> 4;
        };
        int pattern = fields.positive("sliding_window_pattern", fields.positive("_sliding_window_pattern", usual));
        int firstSliding = fields.whole("max_window_layers", 0);
        var sliding = new ArrayList<Boolean>();
        for (int i = 0; i < layers; i++) {
            sliding.add(
                    switch (architecture) {
                        case MISTRAL, MIXTRAL, PHI3, STARCODER2 -> true;
                        case GEMMA2, GPT_OSS -> i % 2 == 0;
                        case GEMMA3, GEMMA3N, COHERE2, EXAONE4 -> (i + 1) % pattern != 0;
                        case QWEN2, QWEN3, QWEN2_MOE, QWEN3_MOE, SMOLLM3 -> i >= firstSliding;
                        default -> false;
                    });
        }
        return sliding;
    }

    /** A pattern such as LLLG, repeated over the layers: local ones slide, global ones do not. */
    private List<Boolean> lettersOfLayers(int layers) {
        var letters = fields.text("sliding_window_pattern");
        if (!letters.matches("[LG]+")) {
            throw fields.error(
                    "field 'sliding_window_pattern' must be a number, or of letters L and G, not " + letters);
        }
        var sliding = new ArrayList<Boolean>();
        for (int i = 0; i < layers; i++) {
            sliding.add(letters.charAt(i % letters.length()) == 'L');
        }
        return sliding;
    }

    private boolean switchedOff() {
        return switch (architecture) {
            case QWEN2, QWEN3, QWEN2_MOE, QWEN3_MOE, SMOLLM3 -> !fields.flag("use_sliding_window", false);
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

    /** SmolLM3 leaves every fourth layer without rotation, Command R7B and EXAONE 4 those that see everything. */
    private List<Boolean> rotaryLayers(List<Boolean> sliding) {
        int layers = sliding.size();
        if (architecture == Architecture.COHERE2
                || (architecture == Architecture.EXAONE4 && fields.has("sliding_window"))) {
            return sliding;
        }
        if (architecture == Architecture.ZAMBA2) {
            return Collections.nCopies(layers, fields.flag("use_mem_rope", false));
        }
        if (architecture == Architecture.GRANITEMOEHYBRID) {
            var type = fields.text("position_embedding_type", "nope");
            if (!type.equals("rope") && !type.equals("nope")) {
                throw fields.error("field 'position_embedding_type' must be rope or nope, not " + type);
            }
            return Collections.nCopies(layers, type.equals("rope"));
        }
        if (architecture != Architecture.SMOLLM3) {
            boolean rotates = architecture != Architecture.NEMOTRON_H;
            return Collections.nCopies(layers, rotates);
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

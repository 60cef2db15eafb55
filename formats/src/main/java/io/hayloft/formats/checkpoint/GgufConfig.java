package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The shape of a model from GGUF metadata and, where these are silent, from its tensors. What no file says (window
 * patterns, the local theta of Gemma 3) are the constants of each architecture.
 */
final class GgufConfig {
    private static final int GEMMA2_PATTERN = 2; // of gpt-oss, too
    private static final int GEMMA3_PATTERN = 6;
    private static final int GEMMA3N_PATTERN = 5;
    private static final int COHERE2_PATTERN = 4; // of EXAONE 4, too
    private static final int SMOLLM3_ROPE_INTERVAL = 4;

    // The defaults of optional keys, as llama.cpp has them.
    private static final double GEMMA2_ATTENTION_CAP = 50;
    private static final double GEMMA2_OUTPUT_CAP = 30;
    private static final int GEMMA2_WINDOW = 4096;
    private static final int PHI3_SHORT_CONTEXT = 4096;
    private static final int PHI3_WINDOW = 2047;
    private static final int EXAONE4_LAYERS_OF_32B = 64;
    private static final int EXAONE4_WINDOW = 4096;

    private final Fields general;
    private final Fields fields;
    private final Architecture architecture;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> unread;
    private final GgufLayers parts;
    private final GgufExperts experts;
    private final GgufGemma3n gemma3n;

    private GgufConfig(GgufFile file) {
        this.general = new Fields(file.source(), "", file.metadata());
        var name = general.text("general.architecture");
        this.fields = general.under(name + ".");
        this.architecture = architecture(Architecture.ofGguf(file.source(), name), fields);
        this.tensors = file.tensors();
        this.unread = file.unread();
        this.experts = new GgufExperts(fields, tensors.keySet(), architecture);
        this.gemma3n = new GgufGemma3n(fields, tensors);
        this.parts = new GgufLayers(fields, tensors.keySet(), architecture);
    }

    private static Architecture architecture(Architecture named, Fields fields) {
        return switch (named) {
            case LLAMA -> fields.whole("expert_count", 0) > 0 ? Architecture.MIXTRAL : named;
            case DEEPSEEK_V2 ->
                fields.whole("expert_gating_func", 1) == GgufExperts.SIGMOID ? Architecture.DEEPSEEK_V3 : named;
            default -> named;
        };
    }

    static Architecture architecture(GgufFile file) {
        return new GgufConfig(file).architecture;
    }

    /**
     * Reads the config.
     *
     * @throws UserError naming file and key that is missing, wrong or not supported
     */
    static DecoderConfig read(GgufFile file, ReadOptions options) {
        return new GgufConfig(file).read(options);
    }

    private DecoderConfig read(ReadOptions options) {
        if (!architecture.mayHaveExperts() && fields.whole("expert_count", 0) > 0) {
            throw general.error("mixtures of experts are not supported for " + architecture.label());
        }
        int files = general.whole("split.count", 1);
        if (files > 1) {
            throw general.error("is one of " + files + " parts of a model: join them with llama-gguf-split --merge");
        }
        int hidden = fields.positive("embedding_length");
        int layers = fields.positive("block_count");
        if (layers > 1024) {
            throw general.error("block_count must be at most 1024, not " + layers);
        }
        try {
            var config = new DecoderConfig(
                    architecture.label(),
                    hidden,
                    context(hidden, layers, options),
                    tokens(hidden),
                    architecture.isStateSpace()
                            ? new DecoderConfig.Norms(fields.number("attention.layer_norm_rms_epsilon"), false, false)
                            : parts.norms(),
                    parts.residualScale(),
                    architecture.isStateSpace()
                            ? new GgufStateSpace(fields, tensors, architecture).stack(hidden, layers)
                            : stack(hidden, layers),
                    architecture == Architecture.GEMMA3N ? gemma3n.streams() : null);
            if (!options.ignoreUnknown()) {
                KnownFields.checkGguf(
                        fields, architecture.isStateSpace() ? GgufStateSpace.KEYS : GgufLayers.ownKeys(architecture));
            }
            return config;
        } catch (UserError e) {
            throw general.located(e);
        }
    }

    private DecoderConfig.Context context(int hidden, int layers, ReadOptions options) {
        if (architecture.isStateSpace()) {
            var scaling = new GgufStateSpace(fields, tensors, architecture).scaling(hidden);
            return DecoderConfig.Context.of(
                    fields.positive("context_length", HuggingFaceStateSpace.UNBOUNDED), scaling, options.context());
        }
        int headDim = headDim(hidden, fields.positives("attention.head_count", layers)[0]);
        var rope = new GgufRope(fields, tensors, headDim, architecture).full();
        // Files of Gemma 3 state the length that scaling reaches.
        boolean scaled = architecture != Architecture.GEMMA3 && parts.rotates();
        var scaling = scaled ? rope.scaling() : new RopeConfig.None();
        return DecoderConfig.Context.of(fields.positive("context_length"), scaling, options.context());
    }

    private DecoderConfig.Tokens tokens(int hidden) {
        return new DecoderConfig.Tokens(
                vocabulary(),
                general.ids("tokenizer.ggml.bos_token_id").stream().findFirst().orElse(-1),
                endTokens(),
                parts.embeddingScale(hidden),
                architecture == Architecture.GPT2 ? fields.positive("context_length") : 0,
                new DecoderConfig.Output(
                        !tensors.containsKey("output.weight") && !unread.containsKey("output.weight"),
                        architecture == Architecture.PHI,
                        parts.logitScale(),
                        softCap("final_logit_softcapping", GEMMA2_OUTPUT_CAP)));
    }

    private List<LayerConfig> stack(int hidden, int layers) {
        var queryHeads = fields.positives("attention.head_count", layers);
        var hybrid = new GgufHybrid(fields, tensors, architecture);
        var kvHeads =
                fields.has("attention.head_count_kv") ? hybrid.counts("attention.head_count_kv", layers) : queryHeads;
        var widths = hybrid.counts("feed_forward_length", layers);
        int headDim = headDim(hidden, queryHeads[0]);
        var ropes = new GgufRope(fields, tensors, headDim, architecture);
        var rope = ropes.full();
        var slidingRope = architecture.hasLocalRotation() ? ropes.local() : ropes.sameForSliding(rope);
        if (architecture.isDeepSeek()) {
            kvHeads = new int[layers];
            Arrays.fill(kvHeads, 1); // files say as many as there are queries, or one
        }
        double scale = parts.attentionScale();
        var attention = architecture.isDeepSeek()
                ? new GgufLatent(fields, tensors.keySet()).attention(queryHeads[0], rope)
                : new AttentionConfig(
                        queryHeads[0],
                        queryHeads[0],
                        headDim,
                        0,
                        rope,
                        scale > 0 ? scale : 1 / Math.sqrt(queryScalar(layers, hidden, queryHeads[0], headDim)),
                        softCap("attn_logit_softcapping", GEMMA2_ATTENTION_CAP),
                        parts.headNorm(),
                        parts.biases(),
                        parts.outputBias(),
                        architecture.additions());
        int window = fields.whole("attention.sliding_window", defaultWindow(layers));
        var sliding = slidingLayers(window, layers);
        var stack = new ArrayList<LayerConfig>();
        for (int i = 0; i < layers; i++) {
            boolean slides = sliding.get(i);
            var own = !rotates(i, window, slides) ? null : slides ? slidingRope : rope;
            var mixer = kvHeads[i] == 0 || hybrid.recurrent(i)
                    ? hybrid.mixer(i, hidden)
                    : attention.withHeads(queryHeads[i], kvHeads[i]).with(slides ? window : 0, own);
            stack.add(new LayerConfig(mixer, feedForward(i, widths, mixer)));
        }
        return architecture == Architecture.GEMMA3N ? gemma3n.withHolders(stack) : stack;
    }

    private LayerConfig.FeedForwardPart feedForward(int layer, int[] widths, LayerConfig.Mixer mixer) {
        if (architecture.hasOnePartALayer() && !(mixer instanceof LayerConfig.NoMixer)) {
            return new LayerConfig.None();
        }
        if (experts.in(layer)) {
            return experts.read(layer);
        }
        var plain = parts.feedForward(widths[layer]);
        return architecture == Architecture.GEMMA3N ? gemma3n.withCutoff(plain, layer, widths.length) : plain;
    }

    private boolean rotates(int layer, int window, boolean slides) {
        return switch (architecture) {
            case SMOLLM3 -> (layer + 1) % SMOLLM3_ROPE_INTERVAL != 0;
            case COHERE2 -> slides;
            case EXAONE4 -> slides || window == 0;
            default -> parts.rotates();
        };
    }

    /** Only Gemma caps, and only Gemma 2 and 3n where the file does not say so. */
    private double softCap(String name, double gemma2Default) {
        if (architecture == Architecture.GEMMA3N && name.startsWith("final")) {
            return fields.number(name, gemma2Default);
        }
        if (!architecture.isLaterGemma()) {
            return 0;
        }
        return fields.number(name, architecture == Architecture.GEMMA2 ? gemma2Default : 0);
    }

    /** The window of files that were written before there was a key for it; 0 for none. */
    private int defaultWindow(int layers) {
        return switch (architecture) {
            case GEMMA2 -> GEMMA2_WINDOW;
            case EXAONE4 -> layers == EXAONE4_LAYERS_OF_32B ? EXAONE4_WINDOW : 0;
            case PHI3 ->
                // The 4k models. Those for long texts have a window as long as their context, which is none.
                (layers == 32 || layers == 40) && fields.positive("context_length") == PHI3_SHORT_CONTEXT
                        ? PHI3_WINDOW
                        : 0;
            default -> 0;
        };
    }

    /** Which layers slide in a model that has a window: all but each n-th, in most architectures all. */
    private List<Boolean> slidingLayers(int window, int layers) {
        var key = "attention.sliding_window_pattern";
        if (window == 0) {
            return Collections.nCopies(layers, false);
        }
        if (architecture == Architecture.OLMO2) {
            throw fields.error("key 'attention.sliding_window' makes it an Olmo 3, which is not supported");
        }
        if (fields.isList(key)) {
            return fields.flags(key, layers);
        }
        int usual = switch (architecture) {
            case GEMMA2, GPT_OSS -> GEMMA2_PATTERN;
            case GEMMA3 -> GEMMA3_PATTERN;
            case GEMMA3N -> GEMMA3N_PATTERN;
            case COHERE2, EXAONE4 -> COHERE2_PATTERN;
            default -> Integer.MAX_VALUE;
        };
        return HuggingFaceConfig.everyOtherThan(fields.positive(key, usual), layers);
    }

    private int headDim(int hidden, int queryHeads) {
        if (architecture.isDeepSeek()) {
            return fields.positive("rope.dimension_count");
        }
        int keys = fields.positive("attention.key_length", Math.max(1, hidden / queryHeads));
        int values = fields.positive("attention.value_length", keys);
        if (keys != values) {
            throw general.error("keys of " + keys + " and values of " + values + " channels are not supported");
        }
        return keys;
    }

    private int vocabulary() {
        var embedding = tensors.get("token_embd.weight");
        var type = unread.get("token_embd.weight");
        if (type != null) {
            throw general.error("tensor 'token_embd.weight' is of type " + type + ", which is not supported");
        }
        if (embedding == null) {
            throw general.error("tensor 'token_embd.weight' is missing");
        }
        return (int) Math.min(embedding.rows(), Integer.MAX_VALUE);
    }

    /** The 27B models of Gemma scale by width, all others by head; no key says so. */
    private double queryScalar(int layers, int hidden, int queryHeads, int headDim) {
        int layersOf27b = switch (architecture) {
            case GEMMA2 -> 46;
            case GEMMA3 -> 62;
            default -> -1;
        };
        return layers == layersOf27b ? (double) hidden / queryHeads : headDim;
    }

    private List<Integer> endTokens() {
        var ids = new LinkedHashSet<Integer>();
        for (var kind : List.of("eos", "eot", "eom")) {
            ids.addAll(general.ids("tokenizer.ggml." + kind + "_token_id"));
        }
        return List.copyOf(ids);
    }
}

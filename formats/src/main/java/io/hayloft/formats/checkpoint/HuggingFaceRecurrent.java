package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormKind;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RwkvConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the config.json of RecurrentGemma and of RWKV-5 World, with the defaults that their programs have. */
final class HuggingFaceRecurrent {
    /** Versions in config.json files of RWKV-5, where they state one. */
    private static final Set<String> RWKV_VERSIONS = Set.of("5.2", "5_2");

    /** Fields that only these families have, the last ones for training and for other programs. */
    private static final Set<String> FIELDS = Set.of(
            "attention_window_size",
            "block_types",
            "conv1d_width",
            "embeddings_scale_by_sqrt_dim",
            "logits_soft_cap",
            "lru_width",
            "attention_hidden_size",
            "group_norm_epsilon",
            "head_size",
            "head_size_divisor",
            "layer_norm_epsilon",
            "version",
            // no influence on what the model computes
            "context_length",
            "final_w_init_variance_scale",
            "model_version",
            "note",
            "rescale_every",
            "w_init_variance_scale");

    private final Fields fields;
    private final Architecture architecture;
    private final ReadOptions options;

    HuggingFaceRecurrent(Fields fields, Architecture architecture, ReadOptions options) {
        this.fields = fields;
        this.architecture = architecture;
        this.options = options;
    }

    DecoderConfig read(List<Integer> endTokens) {
        QuantisationConfig.read(fields); // refuses formats that are not supported
        int layers = HuggingFaceConfig.layers(fields);
        try {
            var config = architecture == Architecture.RWKV5 ? rwkv(layers, endTokens) : griffin(layers, endTokens);
            if (!options.ignoreUnknown()) {
                KnownFields.checkHuggingFace(fields, FIELDS);
            }
            return config;
        } catch (UserError e) {
            throw fields.located(e);
        }
    }

    private DecoderConfig.Context context() {
        return DecoderConfig.Context.of(HuggingFaceStateSpace.UNBOUNDED, new RopeConfig.None(), options.context());
    }

    private DecoderConfig griffin(int layers, List<Integer> endTokens) {
        int hidden = fields.positive("hidden_size");
        checkGriffin();
        var tokens = new DecoderConfig.Tokens(
                fields.positive("vocab_size"),
                fields.ids("bos_token_id").stream().findFirst().orElse(-1),
                endTokens,
                brainFloat(Math.sqrt(hidden)),
                fields.flag("tie_word_embeddings", true),
                fields.number("logits_soft_cap", 30));
        return new DecoderConfig(
                architecture.label(),
                hidden,
                context(),
                tokens,
                new DecoderConfig.Norms(fields.number("rms_norm_eps", 1e-6), true, false),
                griffinLayers(hidden, layers));
    }

    private void checkGriffin() {
        var activation = fields.text("hidden_activation", "gelu_pytorch_tanh");
        if (!activation.equals("gelu_pytorch_tanh")) {
            throw fields.error("field 'hidden_activation' is '" + activation
                    + "', but recurrent_gemma is only supported with gelu_pytorch_tanh");
        }
        if (fields.flag("attention_bias", false)) {
            throw fields.error("field 'attention_bias' is true, which is not supported for recurrent_gemma");
        }
        if (!fields.flag("embeddings_scale_by_sqrt_dim", true)) {
            throw fields.error(
                    "field 'embeddings_scale_by_sqrt_dim' is false, which is not supported for recurrent_gemma");
        }
    }

    private List<LayerConfig> griffinLayers(int hidden, int layers) {
        int queryHeads = fields.positive("num_attention_heads");
        int headDim = fields.positive("head_dim", Math.max(1, hidden / queryHeads));
        var rotary = fields.or(Map.of("partial_rotary_factor", 0.5));
        var attention = new AttentionConfig(
                queryHeads,
                fields.positive("num_key_value_heads", queryHeads),
                headDim,
                fields.positive("attention_window_size", 2048),
                new HuggingFaceRope(rotary, headDim, options.ignoreUnknown()).full(10_000),
                1 / Math.sqrt(headDim),
                0,
                AttentionConfig.HeadNorm.NONE,
                false,
                true);
        var recurrent =
                new GriffinConfig(fields.positive("lru_width", hidden), queryHeads, fields.positive("conv1d_width", 4));
        // The field counts gate and up together.
        int inner = fields.positive("intermediate_size");
        if (inner % 2 != 0) {
            throw fields.error("field 'intermediate_size' is " + inner + ", which two halves cannot share");
        }
        var feedForward = new FeedForward(inner / 2, Activation.GELU_TANH, true, true);
        var pattern = fields.has("block_types")
                ? fields.texts("block_types")
                : List.of("recurrent", "recurrent", "attention");
        if (pattern.isEmpty()) {
            throw fields.error("field 'block_types' is empty");
        }
        var stack = new ArrayList<LayerConfig>();
        for (int layer = 0; layer < layers; layer++) {
            var type = pattern.get(layer % pattern.size());
            stack.add(
                    switch (type) {
                        case "recurrent" -> new LayerConfig(recurrent, feedForward);
                        case "attention" -> new LayerConfig(attention, feedForward);
                        default ->
                            throw fields.error(
                                    "block type '" + type + "' is not supported; supported are recurrent, attention");
                    });
        }
        return stack;
    }

    /** The factor as the original program computes it, in bfloat16. */
    private static double brainFloat(double factor) {
        int bits = Float.floatToIntBits((float) factor);
        return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }

    private DecoderConfig rwkv(int layers, List<Integer> endTokens) {
        int hidden = fields.positive("hidden_size");
        var version = fields.text("version", "5.2");
        if (!RWKV_VERSIONS.contains(version)) {
            throw fields.error("field 'version' is '" + version + "', but of RWKV-5 only 5.2 is supported");
        }
        double epsilon = fields.number("layer_norm_epsilon", 1e-5);
        int headSize = fields.positive("head_size", 64);
        int channels = fields.positive("attention_hidden_size", hidden);
        if (channels % headSize != 0) {
            throw fields.error(
                    "field 'head_size' is " + headSize + ", which does not divide " + channels + " channels");
        }
        // Heads are divided by this before their norm, which the same epsilon follows.
        double divisor = fields.number("head_size_divisor", 8);
        var mix = new RwkvConfig(
                hidden,
                channels / headSize,
                headSize,
                fields.number("group_norm_epsilon", epsilon * divisor * divisor));
        int inner = fields.positive("intermediate_size", (int) (hidden * 3.5) / 32 * 32);
        var stack = new ArrayList<LayerConfig>();
        for (int layer = 0; layer < layers; layer++) {
            stack.add(new LayerConfig(mix, new RwkvConfig.ChannelMix(hidden, inner)));
        }
        var tokens = new DecoderConfig.Tokens(
                fields.positive("vocab_size"),
                fields.ids("bos_token_id").stream().findFirst().orElse(-1),
                endTokens,
                1,
                fields.flag("tie_word_embeddings", false),
                0);
        var norms = new DecoderConfig.Norms(NormKind.LAYER, epsilon, false, NormPlacement.BEFORE);
        return new DecoderConfig(architecture.label(), hidden, context(), tokens, norms, stack);
    }
}

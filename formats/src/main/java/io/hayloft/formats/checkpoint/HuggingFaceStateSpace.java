package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.RopeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the config.json of Mamba, Mamba-2, Jamba and Falcon-H1, with the defaults that transformers has for each. */
final class HuggingFaceStateSpace {
    /** The context of a purely recurrent model has no end; converters to GGUF write this number. */
    static final int UNBOUNDED = 1 << 20;

    /** Fields that only these families have, the last ones for training and for other programs. */
    private static final Set<String> FIELDS = Set.of(
            "attention_in_multiplier",
            "attention_out_multiplier",
            "attn_layer_offset",
            "attn_layer_period",
            "conv_kernel",
            "embedding_multiplier",
            "expand",
            "expert_layer_offset",
            "expert_layer_period",
            "key_multiplier",
            "layer_norm_epsilon",
            "lm_head_multiplier",
            "mamba_conv_bias",
            "mamba_d_conv",
            "mamba_d_head",
            "mamba_d_ssm",
            "mamba_d_state",
            "mamba_dt_rank",
            "mamba_expand",
            "mamba_inner_layernorms",
            "mamba_n_groups",
            "mamba_n_heads",
            "mamba_norm_before_gate",
            "mamba_proj_bias",
            "mamba_rms_norm",
            "mlp_bias",
            "mlp_multipliers",
            "n_groups",
            "num_experts",
            "num_experts_per_tok",
            "num_heads",
            "projectors_bias",
            "rms_norm",
            "ssm_in_multiplier",
            "ssm_multipliers",
            "ssm_out_multiplier",
            "state_size",
            "time_step_limit",
            "time_step_rank",
            "use_bias",
            "use_conv_bias",
            // no influence on what the model computes
            "calc_logits_for_entire_prompt",
            "chunk_size",
            "d_inner",
            "d_model",
            "fused_add_norm",
            "initializer_range",
            "mamba_chunk_size",
            "mamba_use_mlp",
            "n_ctx",
            "n_layer",
            "norm_before_gate",
            "num_logits_to_keep",
            "output_router_logits",
            "pad_vocab_size_multiple",
            "rescale_prenorm_residual",
            "residual_in_fp32",
            "router_aux_loss_coef",
            "ssm_cfg",
            "time_step_floor",
            "time_step_init_scheme",
            "time_step_max",
            "time_step_min",
            "time_step_scale",
            "use_associative_scan",
            "use_mamba_kernels",
            "use_mambapy");

    private final Fields fields;
    private final Architecture architecture;
    private final ReadOptions options;

    HuggingFaceStateSpace(Fields fields, Architecture architecture, ReadOptions options) {
        this.fields = fields;
        this.architecture = architecture;
        this.options = options;
    }

    DecoderConfig read(List<Integer> endTokens) {
        checkSupported();
        int hidden = fields.positive("hidden_size");
        int layers = HuggingFaceConfig.layers(fields);
        try {
            var config = new DecoderConfig(
                    architecture.label(),
                    hidden,
                    context(hidden),
                    tokens(endTokens),
                    new DecoderConfig.Norms(epsilon(), false, false),
                    stack(hidden, layers));
            if (!options.ignoreUnknown()) {
                KnownFields.checkHuggingFace(fields, FIELDS);
            }
            return config;
        } catch (UserError e) {
            throw fields.located(e);
        }
    }

    private boolean pure() {
        return architecture == Architecture.MAMBA || architecture == Architecture.MAMBA2;
    }

    private void checkSupported() {
        QuantisationConfig.read(fields); // refuses formats that are not supported
        var activation = fields.text("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw fields.error("field 'hidden_act' is '" + activation + "', but " + architecture.label()
                    + " is only supported with silu");
        }
        for (var bias : List.of("use_bias", "mamba_proj_bias", "projectors_bias", "mlp_bias", "attention_bias")) {
            if (fields.flag(bias, false)) {
                throw fields.error("field '" + bias + "' is true, which is not supported for " + architecture.label());
            }
        }
        if (fields.has("sliding_window")) {
            throw fields.error("field 'sliding_window' is not supported for " + architecture.label());
        }
    }

    private DecoderConfig.Context context(int hidden) {
        int stated = pure()
                ? UNBOUNDED
                : fields.positive("max_position_embeddings", architecture == Architecture.JAMBA ? 262_144 : 8192);
        var rope = architecture == Architecture.FALCON_H1 ? rope(hidden) : null;
        return DecoderConfig.Context.of(
                stated, rope == null ? new RopeConfig.None() : rope.scaling(), options.context());
    }

    private DecoderConfig.Tokens tokens(List<Integer> endTokens) {
        return new DecoderConfig.Tokens(
                fields.positive("vocab_size"),
                fields.ids("bos_token_id").stream().findFirst().orElse(-1),
                endTokens,
                fields.number("embedding_multiplier", 1),
                0,
                new DecoderConfig.Output(
                        fields.flag("tie_word_embeddings", architecture == Architecture.MAMBA),
                        false,
                        fields.number("lm_head_multiplier", 1),
                        0));
    }

    private double epsilon() {
        return pure()
                ? fields.number("layer_norm_epsilon", 1e-5)
                : fields.number("rms_norm_eps", architecture == Architecture.JAMBA ? 1e-6 : 1e-5);
    }

    private List<LayerConfig> stack(int hidden, int layers) {
        var stack = new ArrayList<LayerConfig>();
        for (int layer = 0; layer < layers; layer++) {
            stack.add(
                    switch (architecture) {
                        case MAMBA -> new LayerConfig(mamba(hidden), new LayerConfig.None());
                        case MAMBA2 -> new LayerConfig(mamba2(hidden), new LayerConfig.None());
                        case JAMBA -> jamba(hidden, layer);
                        default -> new LayerConfig(falcon(hidden), falconFeedForward());
                    });
        }
        return stack;
    }

    private MambaConfig mamba(int hidden) {
        return new MambaConfig(
                fields.positive("intermediate_size", times(fields.positive("expand", 2), hidden)),
                fields.positive("state_size", 16),
                fields.positive("conv_kernel", 4),
                rank("time_step_rank", hidden),
                false,
                fields.flag("use_conv_bias", true));
    }

    /** A product of sizes; one that is too large stays too large for every limit. */
    static int times(int a, int b) {
        return Math.clamp((long) a * b, 1, Integer.MAX_VALUE);
    }

    /** A rank of "auto" is a sixteenth of the width. */
    private int rank(String name, int hidden) {
        boolean auto = !fields.has(name) || fields.isText(name);
        return auto ? Math.ceilDiv(hidden, 16) : fields.positive(name);
    }

    private Mamba2Config mamba2(int hidden) {
        int headDim = fields.positive("head_dim", 64);
        int heads = fields.positive("num_heads", 128);
        int inner = times(fields.positive("expand", 2), hidden);
        if ((long) heads * headDim != inner) {
            throw fields.error(heads + " heads of " + headDim + " channels do not make " + inner
                    + " channels, the width times 'expand'");
        }
        if (!fields.flag("rms_norm", true)) {
            throw fields.error("field 'rms_norm' is false, which is not supported for " + architecture.label());
        }
        return new Mamba2Config(
                heads,
                headDim,
                fields.positive("n_groups", 8),
                fields.positive("state_size", 128),
                fields.positive("conv_kernel", 4),
                fields.flag("use_conv_bias", true),
                Mamba2Config.Gate.NORM_AFTER,
                stepLimits(),
                Mamba2Config.NO_FACTORS);
    }

    private List<Double> stepLimits() {
        return fields.has("time_step_limit") ? fields.limits("time_step_limit") : Mamba2Config.NO_LIMITS;
    }

    private LayerConfig jamba(int hidden, int layer) {
        boolean attention = layer % fields.positive("attn_layer_period", 8) == fields.whole("attn_layer_offset", 4);
        boolean experts = layer % fields.positive("expert_layer_period", 2) == fields.whole("expert_layer_offset", 1);
        int count = fields.positive("num_experts", 16);
        var feedForward = new FeedForward(fields.positive("intermediate_size", 14_336), Activation.SILU);
        return new LayerConfig(
                attention ? attention(hidden, 8, null) : jambaMixer(hidden),
                experts && count > 1
                        ? experts(count, fields.positive("num_experts_per_tok", 2), feedForward)
                        : feedForward);
    }

    /** The experts of Jamba: weights are the softmax over all of them, as it is. */
    static ExpertsConfig experts(int count, int chosen, FeedForward each) {
        return new ExpertsConfig(
                count, new ExpertsConfig.Router(chosen, ExpertsConfig.Scoring.SOFTMAX, false), each, null);
    }

    private MambaConfig jambaMixer(int hidden) {
        return new MambaConfig(
                times(fields.positive("mamba_expand", 2), hidden),
                fields.positive("mamba_d_state", 16),
                fields.positive("mamba_d_conv", 4),
                rank("mamba_dt_rank", hidden),
                fields.flag("mamba_inner_layernorms", true),
                fields.flag("mamba_conv_bias", true));
    }

    private AttentionConfig attention(int hidden, int defaultKvHeads, @Nullable RopeConfig rope) {
        int headDim = headDim(hidden);
        return new AttentionConfig(
                fields.positive("num_attention_heads", 32),
                fields.positive("num_key_value_heads", defaultKvHeads),
                headDim,
                0,
                rope,
                1 / Math.sqrt(headDim),
                0,
                false,
                false);
    }

    private int headDim(int hidden) {
        return fields.positive("head_dim", Math.max(1, hidden / fields.positive("num_attention_heads", 32)));
    }

    private RopeConfig rope(int hidden) {
        return new HuggingFaceRope(fields, headDim(hidden), options.ignoreUnknown()).full(100_000);
    }

    private ParallelMixers falcon(int hidden) {
        double in = fields.number("attention_in_multiplier", 1);
        return new ParallelMixers(
                attention(hidden, 8, rope(hidden)),
                falconMixer(hidden),
                in,
                in * fields.number("key_multiplier", 1),
                fields.number("attention_out_multiplier", 1),
                fields.number("ssm_out_multiplier", 1));
    }

    private Mamba2Config falconMixer(int hidden) {
        int inner = fields.positive("mamba_d_ssm", times(fields.positive("mamba_expand", 2), hidden));
        int heads = fields.positive("mamba_n_heads", 128);
        int headDim = fields.isText("mamba_d_head") ? inner / heads : fields.positive("mamba_d_head", inner / heads);
        if ((long) heads * headDim != inner) {
            throw fields.error(heads + " heads of " + headDim + " channels do not make " + inner + " Mamba channels");
        }
        var gate = !fields.flag("mamba_rms_norm", false)
                ? Mamba2Config.Gate.PLAIN
                : fields.flag("mamba_norm_before_gate", true)
                        ? Mamba2Config.Gate.NORM_BEFORE
                        : Mamba2Config.Gate.NORM_AFTER;
        double in = fields.number("ssm_in_multiplier", 1);
        var factors = fields.has("ssm_multipliers") ? fields.numbers("ssm_multipliers") : Mamba2Config.NO_FACTORS;
        return new Mamba2Config(
                heads,
                headDim,
                fields.positive("mamba_n_groups", 1),
                fields.positive("mamba_d_state", 256),
                fields.positive("mamba_d_conv", 4),
                fields.flag("mamba_conv_bias", true),
                gate,
                stepLimits(),
                factors.stream().map(factor -> factor * in).toList());
    }

    private FeedForward falconFeedForward() {
        var factors = fields.has("mlp_multipliers") ? fields.numbers("mlp_multipliers") : List.of(1.0, 1.0);
        if (factors.size() != 2) {
            throw fields.error("field 'mlp_multipliers' must be two numbers, not " + factors);
        }
        int width = fields.positive("intermediate_size", 14_336);
        return new FeedForward(width, Activation.SILU, true, false, factors.get(0), factors.get(1));
    }
}

package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig.HeadNorm;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.DecoderConfig.Norms;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.LayerConfig.FeedForwardPart;

/** How the parts of a layer are made, from config.json: norms, biases, activation, multipliers. */
record HuggingFaceLayers(Fields fields, Architecture architecture) {
    Norms norms() {
        return new Norms(
                architecture.normKind(),
                fields.number("rms_norm_eps", 1e-6),
                architecture.addsOneToNorms(),
                placement());
    }

    private NormPlacement placement() {
        return switch (architecture) {
            case GEMMA2, GEMMA3, GEMMA3N, GLM4 -> NormPlacement.AROUND;
            case OLMO2, EXAONE4 -> NormPlacement.AFTER;
            case COHERE, COHERE2, PHI -> NormPlacement.PARALLEL;
            case STABLELM ->
                fields.flag("use_parallel_residual", false) ? NormPlacement.PARALLEL : NormPlacement.BEFORE;
            case GPT_NEOX ->
                fields.flag("use_parallel_residual", true) ? NormPlacement.PARALLEL_TWO_NORMS : NormPlacement.BEFORE;
            case FALCON -> placementOfFalcon();
            default -> NormPlacement.BEFORE;
        };
    }

    /** Falcon 7B has one norm, 40B and 180B two, 11B one again; the first models were sequential. */
    private NormPlacement placementOfFalcon() {
        boolean parallel = fields.flag("parallel_attn", true);
        if (!isNewFalcon()) {
            return parallel ? NormPlacement.PARALLEL : NormPlacement.BEFORE;
        }
        int norms = fields.positive("num_ln_in_parallel_attn", 2);
        if (!parallel || norms > 2) {
            throw fields.error("field 'new_decoder_architecture' is only supported with 'parallel_attn' and at most 2"
                    + " norms, not " + norms);
        }
        return norms == 2 ? NormPlacement.PARALLEL_TWO_NORMS : NormPlacement.PARALLEL;
    }

    private boolean isNewFalcon() {
        return fields.flag("new_decoder_architecture", false);
    }

    int kvHeads(int queryHeads) {
        boolean single = architecture == Architecture.FALCON && !isNewFalcon() && fields.flag("multi_query", true);
        return single ? 1 : fields.positive("num_key_value_heads", queryHeads);
    }

    HeadNorm headNorm() {
        return switch (architecture) {
            case OLMO2 -> HeadNorm.TOGETHER;
            case STABLELM -> fields.flag("qk_layernorm", false) ? HeadNorm.OWN : HeadNorm.NONE;
            case COHERE -> fields.flag("use_qk_norm", false) ? HeadNorm.OWN : HeadNorm.NONE;
            default -> architecture.hasQueryKeyNorm() ? HeadNorm.SHARED : HeadNorm.NONE;
        };
    }

    /** Whether queries, keys and values have a bias. */
    boolean biases() {
        return switch (architecture) {
            case QWEN2, GPT_NEOX, GPT_OSS -> fields.flag("attention_bias", true);
            case QWEN2_MOE -> fields.flag("qkv_bias", true);
            case STABLELM -> fields.flag("use_qkv_bias", false);
            case STARCODER2 -> fields.flag("use_bias", true);
            case FALCON -> fields.flag("bias", false);
            case PHI, GPT2 -> true;
            default -> fields.flag("attention_bias", false);
        };
    }

    boolean outputBias() {
        return switch (architecture) {
            case MISTRAL, QWEN2, QWEN2_MOE, PHI3, STABLELM, GLM4, EXAONE4 -> false;
            default -> biases();
        };
    }

    /** The feed-forward part of a layer, from 0. */
    FeedForwardPart feedForward(int hidden, int layer) {
        if (architecture == Architecture.GEMMA3N) {
            return new HuggingFaceGemma3n(fields).feedForward(layer, activation());
        }
        return new HuggingFaceExperts(fields, architecture).in(layer) ? experts() : dense(hidden);
    }

    ExpertsConfig experts() {
        return new HuggingFaceExperts(fields, architecture).read(activation());
    }

    FeedForward dense(int hidden) {
        boolean biases = switch (architecture) {
            case LLAMA, SMOLLM3, GRANITE, NEMOTRON_H -> fields.flag("mlp_bias", false);
            case STARCODER2 -> fields.flag("use_bias", true);
            case FALCON -> fields.flag("bias", false);
            case PHI, GPT2, GPT_NEOX -> true;
            default -> false;
        };
        int width = switch (architecture) {
            case GPT2, FALCON -> fields.positive("intermediate_size", 4 * hidden);
            case GRANITEMOEHYBRID -> fields.positive("shared_intermediate_size", 1024);
            case LFM2 -> widthOfLfm2();
            default -> fields.positive("intermediate_size");
        };
        return new FeedForward(width, activation(), architecture.isGated(), biases);
    }

    /** Two thirds of the stated width, times a factor, rounded up. */
    private int widthOfLfm2() {
        int width = fields.positive("block_ff_dim", fields.positive("intermediate_size", 12_288));
        if (!fields.flag("block_auto_adjust_ff_dim", true)) {
            return width;
        }
        int adjusted = (int) (2L * width / 3);
        if (!fields.has("block_ffn_dim_multiplier") && fields.mentions("block_ffn_dim_multiplier")) {
            return adjusted; // null: neither factor nor rounding
        }
        int multiple = fields.positive("block_multiple_of", 256);
        long scaled = (long) (fields.number("block_ffn_dim_multiplier", 1) * adjusted);
        return Math.clamp(Math.ceilDiv(scaled, multiple) * multiple, 1, Integer.MAX_VALUE);
    }

    private Activation activation() {
        if (architecture.isGemma() && !fields.has("hidden_activation")) {
            // Early configs say "gelu" and mean the approximation.
            var older = fields.text("hidden_act", "gelu");
            return older.equals("gelu") ? Activation.GELU_TANH : activation("hidden_act", older);
        }
        var field = fields.has("hidden_activation") ? "hidden_activation" : "hidden_act";
        return activation(field, fields.text(field, usualActivation()));
    }

    private String usualActivation() {
        return switch (architecture) {
            case NEMOTRON_H -> "relu2";
            case ZAMBA2 -> "gelu";
            default -> "silu";
        };
    }

    private Activation activation(String field, String name) {
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
                Activation.GELU_TANH;
            case "quick_gelu" -> Activation.QUICK_GELU;
            case "relu" -> Activation.RELU;
            case "relu2", "relu_squared" -> Activation.RELU_SQUARED;
            default ->
                throw fields.error(
                        "field '" + field + "' is '" + name + "', which is not supported; supported are silu,"
                                + " gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, relu, relu2");
        };
    }

    /** The factor on query-key products, where it is not one over the root of the head size; else 0. */
    double attentionScale() {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> {
                double factor = fields.number("attention_multiplier", 1);
                if (!(factor > 0)) {
                    throw fields.error("field 'attention_multiplier' must be above 0, not " + factor);
                }
                yield factor;
            }
            case GPT2 -> fields.flag("scale_attn_weights", true) ? 0 : 1;
            case GEMMA3N -> 1; // queries and keys are normalised
            case ZAMBA2 -> Math.sqrt(2.0 / fields.positive("head_dim")); // queries and keys are made of twice the width
            default -> 0;
        };
    }

    double embeddingScale(int hidden) {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> fields.number("embedding_multiplier", 1);
            default -> architecture.isGemma() ? Math.sqrt(hidden) : 1;
        };
    }

    double residualScale() {
        return architecture.isGranite() ? fields.number("residual_multiplier", 1) : 1;
    }

    double logitScale() {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> 1 / fields.number("logits_scaling", 1);
            case COHERE, COHERE2 -> fields.number("logit_scale", 0.0625);
            default -> 1;
        };
    }
}

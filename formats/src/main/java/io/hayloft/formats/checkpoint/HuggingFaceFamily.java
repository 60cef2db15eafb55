package io.hayloft.formats.checkpoint;

import java.util.Map;
import java.util.Set;

/**
 * The fields of config.json that only the models of one architecture have.
 *
 * @param names what the file calls fields that other architectures call differently
 * @param defaults values of fields that files leave out, by the names of the file
 * @param read fields that are read beside those that all architectures have
 * @param withoutEffect fields that change nothing that is computed here
 * @param refused fields that must not be switched on
 */
record HuggingFaceFamily(
        Map<String, String> names,
        Map<String, ?> defaults,
        Set<String> read,
        Set<String> withoutEffect,
        Set<String> refused) {
    /** Fields that every model has with the same value, as text; with another one it would be computed in another way. */
    private static final Map<String, String> ONLY = Map.of(
            "mamba_hidden_act", "silu",
            "normalization_function", "rmsnorm",
            "block_use_swiglu", "true",
            "use_pos_enc", "true");

    private static final Map<String, String> LAYER_NORM = Map.of("rms_norm_eps", "layer_norm_eps");

    private static final HuggingFaceFamily NOTHING_OF_ITS_OWN = of(Map.of(), Map.of(), Set.of());

    private static final HuggingFaceFamily LLAMA = of(Map.of(), Map.of(), Set.of("mlp_bias"));

    private static final HuggingFaceFamily GRANITE = of(
            Map.of(),
            Map.of(),
            Set.of(
                    "attention_multiplier",
                    "embedding_multiplier",
                    "logits_scaling",
                    "mlp_bias",
                    "residual_multiplier"));

    private static final HuggingFaceFamily OLMO2 = of(Map.of(), Map.of("rms_norm_eps", 1e-5), Set.of());

    private static final HuggingFaceFamily STABLELM = of(
            LAYER_NORM,
            Map.of("layer_norm_eps", 1e-5, "partial_rotary_factor", 0.25),
            Set.of("qk_layernorm", "use_parallel_residual", "use_qkv_bias"));

    private static final HuggingFaceFamily GLM4 =
            of(Map.of(), Map.of("rms_norm_eps", 1.5625e-7, "partial_rotary_factor", 0.5), Set.of());

    private static final HuggingFaceFamily COHERE =
            of(LAYER_NORM, Map.of("layer_norm_eps", 1e-5), Set.of("logit_scale", "use_qk_norm"));

    private static final HuggingFaceFamily COHERE2 = new HuggingFaceFamily(
            LAYER_NORM,
            Map.of("layer_norm_eps", 1e-5, "sliding_window", 4096),
            Set.of("logit_scale"),
            Set.of(
                    "layer_switch",
                    "order_of_interleaved_layers",
                    "position_embedding_type",
                    "use_embedding_sharing",
                    "use_gated_activation",
                    "use_parallel_block",
                    "use_parallel_embedding"),
            Set.of());

    private static final HuggingFaceFamily STARCODER2 = new HuggingFaceFamily(
            Map.of("rms_norm_eps", "norm_epsilon"),
            Map.of("norm_epsilon", 1e-5, "hidden_act", "gelu_pytorch_tanh"),
            Set.of("use_bias"),
            Set.of(
                    "activation_function",
                    "attention_softmax_in_fp32",
                    "embedding_dropout",
                    "layer_norm_epsilon",
                    "mlp_type",
                    "norm_type",
                    "residual_dropout",
                    "scale_attention_softmax_in_fp32",
                    "scale_attn_weights"),
            Set.of());

    private static final HuggingFaceFamily PHI = new HuggingFaceFamily(
            LAYER_NORM,
            Map.of("layer_norm_eps", 1e-5, "partial_rotary_factor", 0.5, "hidden_act", "gelu_new"),
            Set.of(),
            Set.of(),
            Set.of("qk_layernorm"));

    private static final HuggingFaceFamily GPT_NEOX = of(
            LAYER_NORM,
            Map.of("layer_norm_eps", 1e-5, "rotary_pct", 0.25, "hidden_act", "gelu"),
            Set.of("use_parallel_residual"));

    private static final HuggingFaceFamily GPT2 = new HuggingFaceFamily(
            Map.of(
                    "hidden_act", "activation_function",
                    "hidden_size", "n_embd",
                    "intermediate_size", "n_inner",
                    "max_position_embeddings", "n_positions",
                    "num_attention_heads", "n_head",
                    "num_hidden_layers", "n_layer",
                    "rms_norm_eps", "layer_norm_epsilon"),
            Map.of("layer_norm_epsilon", 1e-5, "activation_function", "gelu_new"),
            Set.of("scale_attn_weights"),
            Set.of(
                    "attn_pdrop",
                    "n_ctx",
                    "reorder_and_upcast_attn",
                    "summary_activation",
                    "summary_first_dropout",
                    "summary_proj_to_labels",
                    "summary_type",
                    "summary_use_proj"),
            Set.of("add_cross_attention", "scale_attn_by_inverse_layer_idx"));

    private static final HuggingFaceFamily FALCON = new HuggingFaceFamily(
            Map.of(
                    "hidden_act", "activation",
                    "intermediate_size", "ffn_hidden_size",
                    "num_attention_heads", "n_head",
                    "num_hidden_layers", "n_layer",
                    "num_key_value_heads", "num_kv_heads",
                    "rms_norm_eps", "layer_norm_epsilon"),
            Map.of("layer_norm_epsilon", 1e-5, "activation", "gelu", "max_position_embeddings", 2048),
            Set.of("bias", "multi_query", "new_decoder_architecture", "num_ln_in_parallel_attn", "parallel_attn"),
            Set.of("ff_factor"),
            Set.of("alibi", "apply_residual_connection_post_layernorm"));

    private static final HuggingFaceFamily EXAONE4 =
            of(Map.of(), Map.of("rms_norm_eps", 1e-5, "sliding_window", 4096), Set.of());

    private static HuggingFaceFamily of(Map<String, String> names, Map<String, ?> defaults, Set<String> read) {
        return new HuggingFaceFamily(names, defaults, read, Set.of(), Set.of());
    }

    static HuggingFaceFamily of(Architecture architecture) {
        return switch (architecture) {
            case LLAMA, SMOLLM3 -> LLAMA;
            case GRANITE -> GRANITE;
            case OLMO2 -> OLMO2;
            case STABLELM -> STABLELM;
            case GLM4 -> GLM4;
            case COHERE -> COHERE;
            case COHERE2 -> COHERE2;
            case STARCODER2 -> STARCODER2;
            case PHI -> PHI;
            case GPT_NEOX -> GPT_NEOX;
            case GPT2 -> GPT2;
            case FALCON -> FALCON;
            case EXAONE4 -> EXAONE4;
            case GEMMA3N -> HuggingFaceGemma3n.FAMILY;
            case MIXTRAL -> ExpertFamilies.MIXTRAL;
            case QWEN2_MOE, QWEN3_MOE -> ExpertFamilies.QWEN_MOE;
            case GPT_OSS -> ExpertFamilies.GPT_OSS;
            case LFM2 -> HybridFamilies.LFM2;
            case ZAMBA2 -> HybridFamilies.ZAMBA2;
            case DEEPSEEK_V2, DEEPSEEK_V3 -> ExpertFamilies.DEEPSEEK;
            case NEMOTRON_H -> HybridFamilies.NEMOTRON_H;
            case BAMBA -> HybridFamilies.BAMBA;
            case QWEN3_NEXT -> HybridFamilies.QWEN3_NEXT;
            case GRANITEMOEHYBRID -> HybridFamilies.GRANITEMOEHYBRID;
            default -> NOTHING_OF_ITS_OWN;
        };
    }

    /** Whether a field is one of this architecture's own. */
    boolean knows(String field) {
        return read.contains(field) || withoutEffect.contains(field) || names.containsValue(field);
    }

    /** The fields of a config as a reader of any architecture knows them; one that must be off is an error. */
    Fields fields(Fields file) {
        for (var name : refused) {
            if (file.flag(name, false)) {
                throw file.error("field '" + name + "' is true, which is not supported");
            }
        }
        ONLY.forEach((name, value) -> {
            if (withoutEffect.contains(name)
                    && file.has(name)
                    && !file.shown(name).equals(value)) {
                throw file.error("field '" + name + "' is " + file.shown(name)
                        + ", which is not supported; supported is " + value);
            }
        });
        return file.or(defaults).calledIn(names);
    }
}

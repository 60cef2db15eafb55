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

    private static final Set<String> ROUTER_TRAINING =
            Set.of("output_router_logits", "router_aux_loss_coef", "router_jitter_noise");

    private static final HuggingFaceFamily MIXTRAL =
            experts(Map.of("rms_norm_eps", 1e-5), Set.of("num_experts_per_tok", "num_local_experts"));

    private static final HuggingFaceFamily QWEN_MOE = experts(
            Map.of(),
            Set.of(
                    "decoder_sparse_step",
                    "mlp_only_layers",
                    "moe_intermediate_size",
                    "norm_topk_prob",
                    "num_experts",
                    "num_experts_per_tok",
                    "num_local_experts",
                    "qkv_bias",
                    "shared_expert_intermediate_size"));

    private static final HuggingFaceFamily GPT_OSS = new HuggingFaceFamily(
            Map.of(),
            Map.of("rms_norm_eps", 1e-5, "sliding_window", 128, "attention_bias", true),
            Set.of("num_experts_per_tok", "num_local_experts", "swiglu_limit"),
            Set.of("experts_per_token", "initial_context_length", "output_router_logits", "router_aux_loss_coef"),
            Set.of());

    private static final HuggingFaceFamily LFM2 = new HuggingFaceFamily(
            Map.of("rms_norm_eps", "norm_eps"),
            Map.of("norm_eps", 1e-5),
            Set.of(
                    "block_auto_adjust_ff_dim",
                    "block_ff_dim",
                    "block_ffn_dim_multiplier",
                    "block_multiple_of",
                    "conv_L_cache",
                    "full_attn_idxs"),
            Set.of(
                    "block_dim",
                    "block_mlp_init_scale",
                    "block_norm_eps",
                    "block_out_init_scale",
                    "block_use_swiglu",
                    "block_use_xavier_init",
                    "conv_dim",
                    "conv_dim_out",
                    "conv_use_xavier_init",
                    "num_heads",
                    "use_pos_enc"),
            Set.of("conv_bias"));

    private static final HuggingFaceFamily GRANITEMOEHYBRID = new HuggingFaceFamily(
            Map.of(),
            Map.of(),
            Set.of(
                    "attention_multiplier",
                    "embedding_multiplier",
                    "layers_block_type",
                    "logits_scaling",
                    "mamba_conv_bias",
                    "mamba_d_conv",
                    "mamba_d_head",
                    "mamba_d_state",
                    "mamba_expand",
                    "mamba_n_groups",
                    "mamba_n_heads",
                    "num_experts_per_tok",
                    "num_local_experts",
                    "position_embedding_type",
                    "residual_multiplier",
                    "shared_intermediate_size"),
            Set.of(
                    "init_method",
                    "mamba_chunk_size",
                    "normalization_function",
                    "output_router_logits",
                    "router_aux_loss_coef"),
            Set.of("mamba_proj_bias"));

    private static final HuggingFaceFamily QWEN3_NEXT = new HuggingFaceFamily(
            Map.of(),
            Map.of("partial_rotary_factor", 0.25),
            Set.of(
                    "decoder_sparse_step",
                    "full_attention_interval",
                    "linear_conv_kernel_dim",
                    "linear_key_head_dim",
                    "linear_num_key_heads",
                    "linear_num_value_heads",
                    "linear_value_head_dim",
                    "mlp_only_layers",
                    "moe_intermediate_size",
                    "norm_topk_prob",
                    "num_experts",
                    "num_experts_per_tok",
                    "shared_expert_intermediate_size"),
            ROUTER_TRAINING,
            Set.of("attention_bias"));

    private static final HuggingFaceFamily NEMOTRON_H = new HuggingFaceFamily(
            Map.of(
                    "hidden_act", "mlp_hidden_act",
                    "rms_norm_eps", "layer_norm_epsilon"),
            Map.of("layer_norm_epsilon", 1e-5),
            Set.of(
                    "conv_kernel",
                    "hybrid_override_pattern",
                    "layers_block_type",
                    "mamba_head_dim",
                    "mamba_num_heads",
                    "mlp_bias",
                    "moe_intermediate_size",
                    "moe_shared_expert_intermediate_size",
                    "n_group",
                    "n_groups",
                    "n_routed_experts",
                    "n_shared_experts",
                    "norm_topk_prob",
                    "num_experts_per_tok",
                    "routed_scaling_factor",
                    "ssm_state_size",
                    "time_step_limit",
                    "topk_group",
                    "use_conv_bias"),
            Set.of(
                    "attention_head_dim",
                    "chunk_size",
                    "expand",
                    "mamba_hidden_act",
                    "mamba_ssm_cache_dtype",
                    "moe_shared_expert_overlap",
                    "mtp_layers_block_type",
                    "num_logits_to_keep",
                    "num_nextn_predict_layers",
                    "rescale_prenorm_residual",
                    "residual_in_fp32",
                    "time_step_floor",
                    "time_step_max",
                    "time_step_min",
                    "use_mamba_kernels"),
            Set.of("mamba_proj_bias", "use_bias"));

    private static final HuggingFaceFamily BAMBA = new HuggingFaceFamily(
            Map.of(),
            Map.of("rms_norm_eps", 1e-5, "partial_rotary_factor", 0.5),
            Set.of(
                    "attn_layer_indices",
                    "mamba_conv_bias",
                    "mamba_d_conv",
                    "mamba_d_head",
                    "mamba_d_state",
                    "mamba_expand",
                    "mamba_n_groups",
                    "mamba_n_heads",
                    "time_step_limit"),
            Set.of("mamba_chunk_size", "num_logits_to_keep", "z_loss_coefficient"),
            Set.of("mamba_proj_bias", "mlp_bias"));

    private static HuggingFaceFamily experts(Map<String, ?> defaults, Set<String> read) {
        return new HuggingFaceFamily(Map.of(), defaults, read, ROUTER_TRAINING, Set.of());
    }

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
            case MIXTRAL -> MIXTRAL;
            case QWEN2_MOE, QWEN3_MOE -> QWEN_MOE;
            case GPT_OSS -> GPT_OSS;
            case LFM2 -> LFM2;
            case NEMOTRON_H -> NEMOTRON_H;
            case BAMBA -> BAMBA;
            case QWEN3_NEXT -> QWEN3_NEXT;
            case GRANITEMOEHYBRID -> GRANITEMOEHYBRID;
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
        return file.or(defaults).calledIn(names);
    }
}

package io.hayloft.formats.checkpoint;

import java.util.Map;
import java.util.Set;

/** The fields of config.json that only models have whose layers are of several kinds. */
final class HybridFamilies {
    static final HuggingFaceFamily LFM2 = new HuggingFaceFamily(
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

    static final HuggingFaceFamily GRANITEMOEHYBRID = new HuggingFaceFamily(
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

    static final HuggingFaceFamily QWEN3_NEXT = new HuggingFaceFamily(
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
            ExpertFamilies.ROUTER_TRAINING,
            Set.of("attention_bias"));

    static final HuggingFaceFamily NEMOTRON_H = new HuggingFaceFamily(
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

    static final HuggingFaceFamily BAMBA = new HuggingFaceFamily(
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

    static final HuggingFaceFamily ZAMBA2 = new HuggingFaceFamily(
            Map.of("head_dim", "attention_head_dim"),
            Map.of("rms_norm_eps", 1e-5),
            Set.of(
                    "adapter_rank",
                    "layers_block_type",
                    "mamba_d_conv",
                    "mamba_d_state",
                    "mamba_expand",
                    "mamba_headdim",
                    "mamba_ngroups",
                    "n_mamba_heads",
                    "num_mem_blocks",
                    "time_step_min",
                    "use_conv_bias",
                    "use_mem_rope"),
            Set.of(
                    "attention_hidden_size",
                    "chunk_size",
                    "hybrid_layer_ids",
                    "kv_channels",
                    "num_logits_to_keep",
                    "num_query_groups",
                    "time_step_floor",
                    "time_step_max",
                    "use_mamba_kernels",
                    "use_mem_eff_path"),
            Set.of("add_bias_linear", "use_long_context", "use_shared_attention_adapter"));

    private HybridFamilies() {}
}

package io.hayloft.formats.checkpoint;

import java.util.Map;
import java.util.Set;

/** The fields of config.json that only models with experts have. */
final class ExpertFamilies {
    /** The fields that matter only when a router is trained. */
    static final Set<String> ROUTER_TRAINING =
            Set.of("output_router_logits", "router_aux_loss_coef", "router_jitter_noise");

    static final HuggingFaceFamily MIXTRAL =
            experts(Map.of("rms_norm_eps", 1e-5), Set.of("num_experts_per_tok", "num_local_experts"));

    static final HuggingFaceFamily QWEN_MOE = experts(
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

    static final HuggingFaceFamily GPT_OSS = new HuggingFaceFamily(
            Map.of(),
            Map.of("rms_norm_eps", 1e-5, "sliding_window", 128, "attention_bias", true),
            Set.of("num_experts_per_tok", "num_local_experts", "swiglu_limit"),
            Set.of("experts_per_token", "initial_context_length", "output_router_logits", "router_aux_loss_coef"),
            Set.of());

    static final HuggingFaceFamily DEEPSEEK = new HuggingFaceFamily(
            Map.of(),
            Map.of(),
            Set.of(
                    "first_k_dense_replace",
                    "kv_lora_rank",
                    "moe_intermediate_size",
                    "moe_layer_freq",
                    "n_group",
                    "n_routed_experts",
                    "n_shared_experts",
                    "norm_topk_prob",
                    "num_experts_per_tok",
                    "q_lora_rank",
                    "qk_nope_head_dim",
                    "qk_rope_head_dim",
                    "rope_interleave",
                    "routed_scaling_factor",
                    "scoring_func",
                    "topk_group",
                    "topk_method",
                    "v_head_dim"),
            Set.of("aux_loss_alpha", "ep_size", "num_nextn_predict_layers", "qk_head_dim", "seq_aux"),
            Set.of("attention_bias", "mlp_bias"));

    private ExpertFamilies() {}

    private static HuggingFaceFamily experts(Map<String, ?> defaults, Set<String> read) {
        return new HuggingFaceFamily(Map.of(), defaults, read, ROUTER_TRAINING, Set.of());
    }
}

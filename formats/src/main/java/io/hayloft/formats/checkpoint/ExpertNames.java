package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.Role;

/** The names of the tensors of experts; {@code @} is replaced by the number of the expert. */
final class ExpertNames {
    private ExpertNames() {}

    /**
     * The names in Hugging Face checkpoints.
     *
     * @param usual the names of most architectures
     */
    static TensorNames huggingFace(Architecture architecture, TensorNames usual) {
        var layer = usual.layers() + "#.";
        return switch (architecture) {
            case MIXTRAL -> {
                var part = layer + "block_sparse_moe.";
                yield usual.put(Role.ROUTER, part + "gate.weight")
                        .put(Role.EXPERT_GATE, part + "experts.@.w1.weight")
                        .put(Role.EXPERT_UP, part + "experts.@.w3.weight")
                        .put(Role.EXPERT_DOWN, part + "experts.@.w2.weight");
            }
            case QWEN2_MOE, QWEN3_MOE, QWEN3_NEXT -> {
                var part = layer + "mlp.";
                yield usual.put(Role.ROUTER, part + "gate.weight")
                        .put(Role.EXPERT_GATE, part + "experts.@.gate_proj.weight")
                        .put(Role.EXPERT_UP, part + "experts.@.up_proj.weight")
                        .put(Role.EXPERT_DOWN, part + "experts.@.down_proj.weight")
                        .put(Role.SHARED_GATE, part + "shared_expert.gate_proj.weight")
                        .put(Role.SHARED_UP, part + "shared_expert.up_proj.weight")
                        .put(Role.SHARED_DOWN, part + "shared_expert.down_proj.weight")
                        .put(Role.SHARED_ROUTER, part + "shared_expert_gate.weight");
            }
            case DEEPSEEK_V2, DEEPSEEK_V3 -> {
                var part = layer + "mlp.";
                yield usual.put(Role.ROUTER, part + "gate.weight")
                        .put(Role.ROUTER_CORRECTION, part + "gate.e_score_correction_bias")
                        .put(Role.EXPERT_GATE, part + "experts.@.gate_proj.weight")
                        .put(Role.EXPERT_UP, part + "experts.@.up_proj.weight")
                        .put(Role.EXPERT_DOWN, part + "experts.@.down_proj.weight")
                        .put(Role.SHARED_GATE, part + "shared_experts.gate_proj.weight")
                        .put(Role.SHARED_UP, part + "shared_experts.up_proj.weight")
                        .put(Role.SHARED_DOWN, part + "shared_experts.down_proj.weight");
            }
            case GPT_OSS -> {
                var part = layer + "mlp.";
                yield usual.put(Role.ATTENTION_SINKS, layer + "self_attn.sinks")
                        .put(Role.ROUTER, part + "router.weight")
                        .put(Role.EXPERT_GATE, part + "experts.gate_up_proj")
                        .put(Role.EXPERT_GATE_BIAS, part + "experts.gate_up_proj_bias")
                        .put(Role.EXPERT_UP, part + "experts.gate_up_proj")
                        .put(Role.EXPERT_UP_BIAS, part + "experts.gate_up_proj_bias")
                        .put(Role.EXPERT_DOWN, part + "experts.down_proj")
                        .put(Role.EXPERT_DOWN_BIAS, part + "experts.down_proj_bias");
            }
            default -> usual;
        };
    }

    /** All of them in GGUF files, where the experts of a layer share a tensor. */
    static TensorNames gguf(TensorNames usual) {
        return usual.put(Role.ATTENTION_SINKS, "blk.#.attn_sinks.weight")
                .put(Role.ROUTER, "blk.#.ffn_gate_inp.weight")
                .put(Role.ROUTER_CORRECTION, "blk.#.exp_probs_b.bias")
                .put(Role.EXPERT_GATE, "blk.#.ffn_gate_exps.weight")
                .put(Role.EXPERT_UP, "blk.#.ffn_up_exps.weight")
                .put(Role.EXPERT_DOWN, "blk.#.ffn_down_exps.weight")
                .put(Role.SHARED_GATE, "blk.#.ffn_gate_shexp.weight")
                .put(Role.SHARED_UP, "blk.#.ffn_up_shexp.weight")
                .put(Role.SHARED_DOWN, "blk.#.ffn_down_shexp.weight")
                .put(Role.SHARED_ROUTER, "blk.#.ffn_gate_inp_shexp.weight");
    }
}

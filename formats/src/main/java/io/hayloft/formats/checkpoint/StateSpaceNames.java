package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.Role;

/** The names of the tensors of Mamba, Mamba-2, Jamba and Falcon-H1; {@code @} is replaced by the number of the expert. */
final class StateSpaceNames {
    private StateSpaceNames() {}

    /**
     * Mamba and Mamba-2 in Hugging Face checkpoints.
     *
     * @param second whether it is Mamba-2
     */
    static TensorNames mamba(boolean second) {
        var names = TensorNames.of("backbone.layers.")
                .put(Role.EMBEDDING, "backbone.embeddings.weight")
                .put(Role.OUTPUT, "lm_head.weight")
                .put(Role.FINAL_NORM, "backbone.norm_f.weight")
                .put(Role.ATTENTION_NORM, "backbone.layers.#.norm.weight");
        return putMixer(names, "backbone.layers.#.mixer.", second);
    }

    /**
     * Jamba and Falcon-H1 in Hugging Face checkpoints.
     *
     * @param usual the names of most architectures
     * @param second whether the mixers are Mamba-2
     */
    static TensorNames hybrid(TensorNames usual, boolean second) {
        var part = "model.layers.#.feed_forward.";
        usual.put(Role.FINAL_NORM, "model.final_layernorm.weight")
                .put(Role.FEED_FORWARD_NORM, "model.layers.#.pre_ff_layernorm.weight")
                .put(Role.GATE, part + "gate_proj.weight")
                .put(Role.UP, part + "up_proj.weight")
                .put(Role.DOWN, part + "down_proj.weight")
                .put(Role.ROUTER, part + "router.weight")
                .put(Role.EXPERT_GATE, part + "experts.@.gate_proj.weight")
                .put(Role.EXPERT_UP, part + "experts.@.up_proj.weight")
                .put(Role.EXPERT_DOWN, part + "experts.@.down_proj.weight");
        return putMixer(usual, "model.layers.#.mamba.", second);
    }

    /** Puts the names of the parts of a mixer, Mamba-2 or Mamba-1. */
    static TensorNames putMixer(TensorNames names, String mixer, boolean second) {
        return names.put(Role.SSM_IN, mixer + "in_proj.weight")
                .put(Role.SSM_CONVOLUTION, mixer + "conv1d.weight")
                .put(Role.SSM_CONVOLUTION_BIAS, mixer + "conv1d.bias")
                .put(Role.SSM_PARAMETERS, mixer + "x_proj.weight")
                .put(Role.SSM_STEP, mixer + "dt_proj.weight")
                .put(Role.SSM_STEP_BIAS, mixer + (second ? "dt_bias" : "dt_proj.bias"))
                .put(Role.SSM_A, mixer + "A_log")
                .put(Role.SSM_D, mixer + "D")
                .put(Role.SSM_STEP_NORM, mixer + "dt_layernorm.weight")
                .put(Role.SSM_B_NORM, mixer + "b_layernorm.weight")
                .put(Role.SSM_C_NORM, mixer + "c_layernorm.weight")
                .put(Role.SSM_NORM, mixer + "norm.weight")
                .put(Role.SSM_OUT, mixer + "out_proj.weight");
    }

    /** All of them in GGUF files. */
    static TensorNames gguf(TensorNames usual) {
        return usual.put(Role.SSM_IN, "blk.#.ssm_in.weight")
                .put(Role.SSM_CONVOLUTION, "blk.#.ssm_conv1d.weight")
                .put(Role.SSM_CONVOLUTION_BIAS, "blk.#.ssm_conv1d.bias")
                .put(Role.SSM_PARAMETERS, "blk.#.ssm_x.weight")
                .put(Role.SSM_STEP, "blk.#.ssm_dt.weight")
                .put(Role.SSM_STEP_BIAS, "blk.#.ssm_dt.bias")
                .put(Role.SSM_A, "blk.#.ssm_a")
                .put(Role.SSM_D, "blk.#.ssm_d")
                .put(Role.SSM_STEP_NORM, "blk.#.ssm_dt_norm.weight")
                .put(Role.SSM_B_NORM, "blk.#.ssm_b_norm.weight")
                .put(Role.SSM_C_NORM, "blk.#.ssm_c_norm.weight")
                .put(Role.SSM_NORM, "blk.#.ssm_norm.weight")
                .put(Role.SSM_OUT, "blk.#.ssm_out.weight");
    }
}

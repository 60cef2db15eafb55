package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.SharedBlockConfig;
import java.util.HashMap;

/** The names of the tensors of models that mix recurrent layers with attention layers. */
final class HybridNames {
    private HybridNames() {}

    /**
     * The names in Hugging Face checkpoints.
     *
     * @param usual the names of most architectures
     */
    static TensorNames huggingFace(Architecture architecture, TensorNames usual) {
        var layer = usual.layers() + "#.";
        return switch (architecture) {
            case LFM2 ->
                usual.put(Role.FINAL_NORM, "model.embedding_norm.weight")
                        .put(Role.ATTENTION_NORM, layer + "operator_norm.weight")
                        .put(Role.FEED_FORWARD_NORM, layer + "ffn_norm.weight")
                        .put(Role.ATTENTION_OUTPUT, layer + "self_attn.out_proj.weight")
                        .put(Role.QUERY_NORM, layer + "self_attn.q_layernorm.weight")
                        .put(Role.KEY_NORM, layer + "self_attn.k_layernorm.weight")
                        .put(Role.GATE, layer + "feed_forward.w1.weight")
                        .put(Role.UP, layer + "feed_forward.w3.weight")
                        .put(Role.DOWN, layer + "feed_forward.w2.weight")
                        .put(Role.SSM_IN, layer + "conv.in_proj.weight")
                        .put(Role.SSM_CONVOLUTION, layer + "conv.conv.weight")
                        .put(Role.SSM_OUT, layer + "conv.out_proj.weight");
            case GRANITEMOEHYBRID -> {
                var experts = layer + "block_sparse_moe.";
                usual.put(Role.ROUTER, experts + "router.layer.weight")
                        .put(Role.EXPERT_GATE, experts + "input_linear.weight")
                        .put(Role.EXPERT_UP, experts + "input_linear.weight")
                        .put(Role.EXPERT_DOWN, experts + "output_linear.weight")
                        .put(Role.SHARED_GATE, layer + "shared_mlp.input_linear.weight")
                        .put(Role.SHARED_UP, layer + "shared_mlp.input_linear.weight")
                        .put(Role.SHARED_DOWN, layer + "shared_mlp.output_linear.weight")
                        .put(Role.DOWN, layer + "shared_mlp.output_linear.weight");
                yield StateSpaceNames.putMixer(usual, layer + "mamba.", true)
                        .fusedFeedForward(layer + "shared_mlp.input_linear.weight");
            }
            case QWEN3_NEXT -> {
                var mixer = layer + "linear_attn.";
                var names =
                        ExpertNames.huggingFace(architecture, usual).put(Role.SSM_RATES, mixer + "in_proj_ba.weight");
                yield StateSpaceNames.putMixer(names, mixer, true).put(Role.SSM_IN, mixer + "in_proj_qkvz.weight");
            }
            case NEMOTRON_H -> nemotron();
            case BAMBA -> StateSpaceNames.hybrid(usual, true);
            default -> throw new IllegalStateException(architecture + " is not a hybrid");
        };
    }

    /** Zamba2: layers with a block call everything differently, and blocks lie in the first layer that has them. */
    static TensorNames zamba(DecoderConfig config, TensorNames usual) {
        var firsts = new HashMap<Integer, Integer>(); // the first layer of each block
        int hybrids = 0;
        usual.put(Role.FINAL_NORM, "model.final_layernorm.weight");
        StateSpaceNames.putMixer(usual, "model.layers.#.mamba.", true);
        for (int layer = 0; layer < config.layers(); layer++) {
            if (config.stack().get(layer).mixer() instanceof SharedBlockConfig shared) {
                int own = layer;
                int first = firsts.computeIfAbsent(shared.block(), block -> own);
                usual.put(layer, ofBlock(first, hybrids++));
            }
        }
        return usual;
    }

    private static TensorNames ofBlock(int first, int number) {
        var block = "model.layers." + first + ".shared_transformer.";
        var part = block + "feed_forward.";
        var adapter = part + "gate_up_proj_adapter_list." + number + ".";
        var names = new TensorNames("model.layers.", "", part + "gate_up_proj.weight")
                .put(Role.ATTENTION_NORM, "model.layers.#.mamba_decoder.input_layernorm.weight")
                .put(Role.BLOCK_NORM, block + "input_layernorm.weight")
                .put(Role.QUERY, block + "self_attn.q_proj.weight")
                .put(Role.KEY, block + "self_attn.k_proj.weight")
                .put(Role.VALUE, block + "self_attn.v_proj.weight")
                .put(Role.ATTENTION_OUTPUT, block + "self_attn.o_proj.weight")
                .put(Role.FEED_FORWARD_NORM, block + "pre_ff_layernorm.weight")
                .put(Role.DOWN, part + "down_proj.weight")
                .put(Role.ADAPTER_DOWN, adapter + "0.weight")
                .put(Role.ADAPTER_GATE, adapter + "1.weight")
                .put(Role.ADAPTER_UP, adapter + "1.weight")
                .put(Role.BLOCK_OUT, "model.layers.#.linear.weight");
        return StateSpaceNames.putMixer(names, "model.layers.#.mamba_decoder.mamba.", true);
    }

    private static TensorNames nemotron() {
        var mixer = "backbone.layers.#.mixer.";
        var names = TensorNames.of("backbone.layers.")
                .put(Role.EMBEDDING, "backbone.embeddings.weight")
                .put(Role.OUTPUT, "lm_head.weight")
                .put(Role.FINAL_NORM, "backbone.norm_f.weight")
                .put(Role.ATTENTION_NORM, "backbone.layers.#.norm.weight")
                .put(Role.FEED_FORWARD_NORM, "backbone.layers.#.norm.weight")
                .put(Role.QUERY, mixer + "q_proj.weight")
                .put(Role.KEY, mixer + "k_proj.weight")
                .put(Role.VALUE, mixer + "v_proj.weight")
                .put(Role.ATTENTION_OUTPUT, mixer + "o_proj.weight")
                .put(Role.UP, mixer + "up_proj.weight")
                .put(Role.DOWN, mixer + "down_proj.weight")
                .put(Role.ROUTER, mixer + "gate.weight")
                .put(Role.ROUTER_CORRECTION, mixer + "gate.e_score_correction_bias")
                .put(Role.EXPERT_UP, mixer + "experts.@.up_proj.weight")
                .put(Role.EXPERT_DOWN, mixer + "experts.@.down_proj.weight")
                .put(Role.SHARED_UP, mixer + "shared_experts.up_proj.weight")
                .put(Role.SHARED_DOWN, mixer + "shared_experts.down_proj.weight");
        return StateSpaceNames.putMixer(names, mixer, true);
    }

    /** The names in GGUF files. */
    static TensorNames gguf(Architecture architecture, TensorNames usual) {
        var names = StateSpaceNames.gguf(ExpertNames.gguf(usual));
        names.put(Role.SSM_RATES, "blk.#.ssm_ba.weight");
        if (architecture.hasOnePartALayer()) {
            names.put(Role.FEED_FORWARD_NORM, "blk.#.attn_norm.weight");
        }
        return architecture != Architecture.LFM2
                ? names
                : names.put(Role.FINAL_NORM, "token_embd_norm.weight")
                        .put(Role.SSM_IN, "blk.#.shortconv.in_proj.weight")
                        .put(Role.SSM_CONVOLUTION, "blk.#.shortconv.conv.weight")
                        .put(Role.SSM_OUT, "blk.#.shortconv.out_proj.weight");
    }
}

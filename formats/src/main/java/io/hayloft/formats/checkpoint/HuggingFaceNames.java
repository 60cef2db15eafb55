package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.Role;
import java.util.List;
import java.util.Set;

/** The names of each architecture's tensors in Hugging Face checkpoints. */
final class HuggingFaceNames {
    /** Prefixes of the decoder: plain models, and the text part of larger ones. */
    private static final List<String> PREFIXES = List.of("model.", "language_model.model.", "model.language_model.");

    private HuggingFaceNames() {}

    /**
     * The names in a checkpoint.
     *
     * @param present the names of all its tensors
     */
    static TensorNames of(Architecture architecture, NormPlacement placement, Set<String> present) {
        return switch (architecture) {
            case GPT2 -> gpt2(prefix(List.of("transformer."), "wte.weight", present));
            case GPT_NEOX -> gptNeox(prefix(List.of("gpt_neox."), "embed_in.weight", present), present);
            case FALCON -> falcon(prefix(List.of("transformer."), "word_embeddings.weight", present), placement);
            default -> llamaLike(architecture, placement, present);
        };
    }

    /** The prefix with which the embedding is there; none where it is there without; else the first, for messages. */
    private static String prefix(List<String> prefixes, String embedding, Set<String> present) {
        for (var prefix : prefixes) {
            if (present.contains(prefix + embedding)) {
                return prefix;
            }
        }
        return present.contains(embedding) ? "" : prefixes.getFirst();
    }

    private static TensorNames llamaLike(Architecture architecture, NormPlacement placement, Set<String> present) {
        var model = prefix(PREFIXES, "embed_tokens.weight", present);
        var head = model.equals("language_model.model.") ? "language_model.lm_head.weight" : "lm_head.weight";
        var names = TensorNames.huggingFace(model, head, placement.after());
        var layer = model + "layers.#.";
        return switch (architecture) {
            case GLM4 ->
                names.put(Role.POST_ATTENTION_NORM, layer + "post_self_attn_layernorm.weight")
                        .put(Role.FEED_FORWARD_NORM, layer + "post_attention_layernorm.weight")
                        .put(Role.POST_FEED_FORWARD_NORM, layer + "post_mlp_layernorm.weight");
            case STABLELM ->
                names.put(Role.QUERY_NORM, layer + "self_attn.q_layernorm.norms." + TensorNames.HEAD + ".weight")
                        .put(Role.KEY_NORM, layer + "self_attn.k_layernorm.norms." + TensorNames.HEAD + ".weight");
            case GEMMA3N -> StreamWeights.huggingFaceNames(names, model);
            case STARCODER2 ->
                names.put(Role.UP, layer + "mlp.c_fc.weight").put(Role.DOWN, layer + "mlp.c_proj.weight");
            case PHI ->
                names.put(Role.FINAL_NORM, model + "final_layernorm.weight")
                        .put(Role.ATTENTION_OUTPUT, layer + "self_attn.dense.weight")
                        .put(Role.UP, layer + "mlp.fc1.weight")
                        .put(Role.DOWN, layer + "mlp.fc2.weight");
            default -> names;
        };
    }

    private static TensorNames gpt2(String model) {
        var layer = model + "h.#.";
        return new TensorNames(model + "h.", layer + "attn.c_attn.weight", "")
                .put(Role.EMBEDDING, model + "wte.weight")
                .put(Role.POSITION_EMBEDDING, model + "wpe.weight")
                .put(Role.OUTPUT, "lm_head.weight")
                .put(Role.FINAL_NORM, model + "ln_f.weight")
                .put(Role.ATTENTION_NORM, layer + "ln_1.weight")
                .put(Role.ATTENTION_OUTPUT, layer + "attn.c_proj.weight")
                .put(Role.FEED_FORWARD_NORM, layer + "ln_2.weight")
                .put(Role.UP, layer + "mlp.c_fc.weight")
                .put(Role.DOWN, layer + "mlp.c_proj.weight")
                .masks(".attn.bias");
    }

    private static TensorNames gptNeox(String model, Set<String> present) {
        var head = present.contains("lm_head.weight") ? "lm_head.weight" : "embed_out.weight"; // its older name
        var layer = model + "layers.#.";
        return new TensorNames(model + "layers.", layer + "attention.query_key_value.weight", "")
                .put(Role.EMBEDDING, model + "embed_in.weight")
                .put(Role.OUTPUT, head)
                .put(Role.FINAL_NORM, model + "final_layer_norm.weight")
                .put(Role.ATTENTION_NORM, layer + "input_layernorm.weight")
                .put(Role.ATTENTION_OUTPUT, layer + "attention.dense.weight")
                .put(Role.FEED_FORWARD_NORM, layer + "post_attention_layernorm.weight")
                .put(Role.UP, layer + "mlp.dense_h_to_4h.weight")
                .put(Role.DOWN, layer + "mlp.dense_4h_to_h.weight")
                .masks(".attention.bias");
    }

    private static TensorNames falcon(String model, NormPlacement placement) {
        var layer = model + "h.#.";
        boolean two = placement == NormPlacement.PARALLEL_TWO_NORMS;
        return new TensorNames(model + "h.", layer + "self_attention.query_key_value.weight", "")
                .put(Role.EMBEDDING, model + "word_embeddings.weight")
                .put(Role.OUTPUT, "lm_head.weight")
                .put(Role.FINAL_NORM, model + "ln_f.weight")
                .put(Role.ATTENTION_NORM, layer + (two ? "ln_attn.weight" : "input_layernorm.weight"))
                .put(Role.ATTENTION_OUTPUT, layer + "self_attention.dense.weight")
                .put(Role.FEED_FORWARD_NORM, layer + (two ? "ln_mlp.weight" : "post_attention_layernorm.weight"))
                .put(Role.UP, layer + "mlp.dense_h_to_4h.weight")
                .put(Role.DOWN, layer + "mlp.dense_4h_to_h.weight");
    }
}

package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.Role;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The name of each role's tensor in a kind of file; {@code #} is replaced by the number of the layer. */
final class TensorNames {
    /** In names: the number of a head. */
    static final String HEAD = "@";

    private final Map<Role, String> names = new EnumMap<>(Role.class);
    private final String layers;
    private final String fusedAttention;
    private final String fusedFeedForward;
    private final Map<Integer, TensorNames> ofLayers = new HashMap<>(); // of layers that call everything differently
    private String masks = "";

    /** No names yet, of a family whose tensors are not fused. */
    static TensorNames of(String layers) {
        return new TensorNames(layers, "", "");
    }

    TensorNames(String layers, String fusedAttention, String fusedFeedForward) {
        this.layers = layers;
        this.fusedAttention = fusedAttention;
        this.fusedFeedForward = fusedFeedForward;
    }

    /** The tensor of a role; that of a bias is called as its weight, unless it has a name of its own. */
    String of(Role role, int layer) {
        var own = ofLayers.get(layer);
        if (own != null) {
            return own.of(role, layer);
        }
        if (role.bias() && !names.containsKey(role)) {
            return bias(of(role.weight(), layer));
        }
        return numbered(names.getOrDefault(role, ""), layer);
    }

    private static String numbered(String name, int layer) {
        return name.replace("#", Integer.toString(layer));
    }

    private static String bias(String weight) {
        return weight.replace(".weight", ".bias");
    }

    /** Whether each head has a tensor of its own for this role. */
    boolean isByHead(Role role) {
        return names.getOrDefault(role, "").contains(HEAD);
    }

    /** The tensor of one head. */
    String ofHead(Role role, int layer, int head) {
        return of(role, layer).replace(HEAD, Integer.toString(head));
    }

    /** The prefix of the names of all tensors in layers. */
    String layers() {
        return layers;
    }

    /** Whether it is the causal mask that old checkpoints hold beside their weights, which is called as a bias. */
    boolean isMask(String name) {
        return !masks.isEmpty() && name.endsWith(masks);
    }

    /** The tensor with queries, keys and values of a layer. */
    String fusedAttention(Role part, int layer) {
        var name = numbered(fusedAttention, layer);
        return part.bias() ? bias(name) : name;
    }

    /** The tensor with gate and up rows of a layer below each other. */
    String fusedFeedForward(Role part, int layer) {
        var own = ofLayers.get(layer);
        if (own != null) {
            return own.fusedFeedForward(part, layer);
        }
        var name = numbered(fusedFeedForward, layer);
        return part.bias() ? bias(name) : name;
    }

    /**
     * The names in Hugging Face checkpoints.
     *
     * @param model prefix of the decoder, such as {@code "model."}
     * @param head name of the output weight
     * @param postNorms whether a layer has four norms, which shifts the meaning of one name
     */
    static TensorNames huggingFace(String model, String head, boolean postNorms) {
        var layer = model + "layers.#.";
        var names = new TensorNames(
                model + "layers.", layer + "self_attn.qkv_proj.weight", layer + "mlp.gate_up_proj.weight");
        names.put(Role.EMBEDDING, model + "embed_tokens.weight");
        names.put(Role.OUTPUT, head);
        names.put(Role.FINAL_NORM, model + "norm.weight");
        names.put(Role.ATTENTION_NORM, layer + "input_layernorm.weight");
        names.put(Role.QUERY, layer + "self_attn.q_proj.weight");
        names.put(Role.KEY, layer + "self_attn.k_proj.weight");
        names.put(Role.VALUE, layer + "self_attn.v_proj.weight");
        names.put(Role.ATTENTION_OUTPUT, layer + "self_attn.o_proj.weight");
        names.put(Role.QUERY_NORM, layer + "self_attn.q_norm.weight");
        names.put(Role.KEY_NORM, layer + "self_attn.k_norm.weight");
        names.put(Role.GATE, layer + "mlp.gate_proj.weight");
        names.put(Role.UP, layer + "mlp.up_proj.weight");
        names.put(Role.DOWN, layer + "mlp.down_proj.weight");
        if (postNorms) {
            names.put(Role.POST_ATTENTION_NORM, layer + "post_attention_layernorm.weight");
            names.put(Role.FEED_FORWARD_NORM, layer + "pre_feedforward_layernorm.weight");
            names.put(Role.POST_FEED_FORWARD_NORM, layer + "post_feedforward_layernorm.weight");
        } else {
            names.put(Role.FEED_FORWARD_NORM, layer + "post_attention_layernorm.weight");
        }
        return names;
    }

    /** The names in GGUF files. */
    static TensorNames gguf() {
        var layer = "blk.#.";
        var names = new TensorNames("blk.", layer + "attn_qkv.weight", layer + "ffn_up.weight");
        names.put(Role.EMBEDDING, "token_embd.weight");
        names.put(Role.POSITION_EMBEDDING, "position_embd.weight");
        names.put(Role.OUTPUT, "output.weight");
        names.put(Role.FINAL_NORM, "output_norm.weight");
        names.put(Role.ATTENTION_NORM, layer + "attn_norm.weight");
        names.put(Role.QUERY, layer + "attn_q.weight");
        names.put(Role.KEY, layer + "attn_k.weight");
        names.put(Role.VALUE, layer + "attn_v.weight");
        names.put(Role.ATTENTION_OUTPUT, layer + "attn_output.weight");
        names.put(Role.QUERY_NORM, layer + "attn_q_norm.weight");
        names.put(Role.KEY_NORM, layer + "attn_k_norm.weight");
        names.put(Role.POST_ATTENTION_NORM, layer + "post_attention_norm.weight");
        names.put(Role.FEED_FORWARD_NORM, layer + "ffn_norm.weight");
        names.put(Role.GATE, layer + "ffn_gate.weight");
        names.put(Role.UP, layer + "ffn_up.weight");
        names.put(Role.DOWN, layer + "ffn_down.weight");
        names.put(Role.POST_FEED_FORWARD_NORM, layer + "post_ffw_norm.weight");
        return names;
    }

    /** Takes other names for all that a layer has. */
    TensorNames put(int layer, TensorNames other) {
        ofLayers.put(layer, other);
        return this;
    }

    /** Adds a name, in place of the one that there was. */
    TensorNames put(Role role, String name) {
        names.put(role, name);
        return this;
    }

    /** The same names, where gate and up rows lie below each other in this tensor. */
    TensorNames fusedFeedForward(String name) {
        var copy = new TensorNames(layers, fusedAttention, name);
        copy.names.putAll(names);
        copy.masks = masks;
        return copy;
    }

    /** Takes tensors of layers whose names end so for masks. */
    TensorNames masks(String end) {
        masks = end;
        return this;
    }
}

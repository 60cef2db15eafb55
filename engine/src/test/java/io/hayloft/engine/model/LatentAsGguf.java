package io.hayloft.engine.model;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.testing.GgufBuilder;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The latent attention of a folder as llama.cpp's converter writes it: keys and values of heads apart, those of keys transposed. */
final class LatentAsGguf {
    private static final Pattern OF_ATTENTION = Pattern.compile(".*layers\\.(\\d+)\\.self_attn\\.(\\w+)\\.weight");

    private static final Map<String, String> NAMES = Map.of(
            "q_proj", "attn_q",
            "q_a_proj", "attn_q_a",
            "q_a_layernorm", "attn_q_a_norm",
            "q_b_proj", "attn_q_b",
            "kv_a_proj_with_mqa", "attn_kv_a_mqa",
            "kv_a_layernorm", "attn_kv_a_norm",
            "o_proj", "attn_output");

    private final GgufBuilder gguf;
    private final JsonNode config;
    private final String prefix;

    LatentAsGguf(GgufBuilder gguf, JsonNode config, String architecture) {
        this.gguf = gguf;
        this.config = config;
        this.prefix = architecture + ".";
    }

    boolean isLatent() {
        return config.hasNonNull("kv_lora_rank");
    }

    void keys() {
        if (!isLatent()) {
            return;
        }
        int rope = whole("qk_rope_head_dim");
        gguf.whole(prefix + "attention.kv_lora_rank", whole("kv_lora_rank"))
                .whole(prefix + "attention.head_count_kv", 1)
                .whole(prefix + "attention.key_length", whole("kv_lora_rank") + rope)
                .whole(prefix + "attention.value_length", whole("kv_lora_rank"))
                .whole(prefix + "attention.key_length_mla", whole("qk_nope_head_dim") + rope)
                .whole(prefix + "attention.value_length_mla", whole("v_head_dim"))
                .whole(prefix + "rope.dimension_count", rope)
                .whole(prefix + "leading_dense_block_count", whole("first_k_dense_replace"));
        if (config.hasNonNull("q_lora_rank")) {
            gguf.whole(prefix + "attention.q_lora_rank", whole("q_lora_rank"));
        }
        double all = config.path("rope_parameters").path("mscale_all_dim").asDouble(0);
        if (all != 0) {
            gguf.number(prefix + "rope.scaling.yarn_log_multiplier", 0.1 * all);
        }
    }

    private int whole(String name) {
        return config.get(name).asInt();
    }

    /** Whether a tensor belongs to latent attention, and so is taken. */
    boolean takes(Tensor tensor) {
        var matcher = OF_ATTENTION.matcher(tensor.name());
        if (!isLatent() || !matcher.matches()) {
            return false;
        }
        var layer = "blk." + matcher.group(1) + ".";
        var name = NAMES.get(matcher.group(2));
        if (name != null) {
            gguf.tensor(layer + name + ".weight", tensor.toFloats(), tensor.shape());
            return true;
        }
        int heads = whole("num_attention_heads");
        int nope = whole("qk_nope_head_dim");
        int values = whole("v_head_dim");
        int rank = whole("kv_lora_rank");
        var both = tensor.toFloats();
        var ofKeys = new float[heads * rank * nope];
        var ofValues = new float[heads * values * rank];
        for (int head = 0; head < heads; head++) {
            int first = head * (nope + values);
            for (int row = 0; row < nope; row++) {
                for (int c = 0; c < rank; c++) {
                    ofKeys[(head * rank + c) * nope + row] = both[(first + row) * rank + c];
                }
            }
            System.arraycopy(both, (first + nope) * rank, ofValues, head * values * rank, values * rank);
        }
        gguf.tensor(layer + "attn_k_b.weight", ofKeys, heads, rank, nope);
        gguf.tensor(layer + "attn_v_b.weight", ofValues, heads, values, rank);
        return true;
    }
}

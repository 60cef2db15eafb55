package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.testing.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any bytes as a config.json. */
public final class ConfigFuzz {
    private static final String SOURCE = "config.json";

    private ConfigFuzz() {}

    /** Small right configs with every field that is read. */
    public static List<byte[]> seeds() {
        return List.of(
                seed("llama", "\"eos_token_id\": [1, 2]"),
                seed("llama", """
                    "rope_parameters": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                     "high_freq_factor": 4.0, "original_max_position_embeddings": 64, "rope_theta": 500000.0}\
                    """),
                seed("qwen2", """
                    "sliding_window": 8, "use_sliding_window": true, "max_window_layers": 1, "rope_scaling":
                     {"type": "yarn", "factor": 4.0, "beta_fast": 32, "beta_slow": 1, "attention_factor": 1.0}\
                    """),
                seed("gemma2", """
                    "sliding_window": 8, "layer_types": ["sliding_attention"], "attn_logit_softcapping": 50.0,
                     "final_logit_softcapping": null, "query_pre_attn_scalar": 24, "head_dim": 4\
                    """),
                seed("gemma3_text", """
                    "sliding_window": 8, "head_dim": 4, "hidden_activation": "gelu_pytorch_tanh",
                     "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8.0},
                     "sliding_attention": {"rope_theta": 10000.0}}\
                    """),
                seed("phi3", """
                    "rope_scaling": {"type": "longrope", "short_factor": [1, 1], "long_factor": [2, 2]},
                     "partial_rotary_factor": 1.0\
                    """),
                seed("llama", """
                    "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": -1,
                     "checkpoint_format": "gptq_v2", "is_marlin_format": false}\
                    """),
                seed("llama", """
                    "quantization_config": {"quant_method": "compressed-tensors", "format": "pack-quantized",
                     "config_groups": {"a": {"weights": {"num_bits": 4, "strategy": "group", "group_size": 32}},
                     "b": {"format": "float-quantized", "weights": {"num_bits": 8, "strategy": "block",
                     "block_structure": [128, 128]}}}, "sparsity_config": {"format": "dense"}}\
                    """),
                seed("llama", """
                    "quantization_config": {"quant_method": "awq", "w_bit": 4, "q_group_size": 64, "version": "GEMM"}\
                    """),
                seed(
                        "llama",
                        "\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}"),
                seed("smollm3", "\"no_rope_layers\": [1], \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}"));
    }

    private static byte[] seed(String modelType, String more) {
        var text = TinyFolder.CONFIG.replace("llama", modelType).replace("\"eos_token_id\": 1", more);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            var config = HuggingFaceConfig.parse(SOURCE, data);
            for (int layer = 0; layer < config.layers(); layer++) {
                var rope = config.attention(layer).rope();
                if (rope != null) {
                    rope.frequencies(100_000);
                }
            }
        } catch (UserError e) {
            Refusal.check(e, SOURCE);
        }
    }
}

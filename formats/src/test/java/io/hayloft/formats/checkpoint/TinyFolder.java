package io.hayloft.formats.checkpoint;

import io.hayloft.testing.SafetensorsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** Writes folders with a one-layer llama of width 8 and random weights. */
public final class TinyFolder {
    /** Its config.json. */
    public static final String CONFIG = """
        {"model_type": "llama", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
         "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 6, "max_position_embeddings": 64,
         "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "bos_token_id": 0, "eos_token_id": 1}
        """;

    private TinyFolder() {}

    /** The shapes of all tensors by name. */
    public static Map<String, long[]> tensors() {
        var tensors = new LinkedHashMap<String, long[]>();
        tensors.put("model.embed_tokens.weight", new long[] {6, 8});
        tensors.put("model.norm.weight", new long[] {8});
        tensors.put("lm_head.weight", new long[] {6, 8});
        var layer = "model.layers.0.";
        tensors.put(layer + "input_layernorm.weight", new long[] {8});
        tensors.put(layer + "post_attention_layernorm.weight", new long[] {8});
        tensors.put(layer + "self_attn.q_proj.weight", new long[] {8, 8});
        tensors.put(layer + "self_attn.k_proj.weight", new long[] {4, 8});
        tensors.put(layer + "self_attn.v_proj.weight", new long[] {4, 8});
        tensors.put(layer + "self_attn.o_proj.weight", new long[] {8, 8});
        tensors.put(layer + "mlp.gate_proj.weight", new long[] {16, 8});
        tensors.put(layer + "mlp.up_proj.weight", new long[] {16, 8});
        tensors.put(layer + "mlp.down_proj.weight", new long[] {8, 16});
        return tensors;
    }

    static Path single(Path folder) throws IOException {
        return single(folder, tensors());
    }

    static Path single(Path folder, Map<String, long[]> tensors) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("config.json"), CONFIG);
        Files.write(folder.resolve("model.safetensors"), SafetensorsBuilder.f32(tensors));
        return folder;
    }

    /** The same weights in two files. */
    static Path sharded(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("config.json"), CONFIG);
        var map = new StringJoiner(", ", "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {", "}}");
        var first = new LinkedHashMap<String, long[]>();
        var second = new LinkedHashMap<String, long[]>();
        tensors().forEach((name, shape) -> {
            boolean mlp = name.contains("mlp");
            (mlp ? second : first).put(name, shape);
            map.add("\"%s\": \"model-%d.safetensors\"".formatted(name, mlp ? 2 : 1));
        });
        Files.write(folder.resolve("model-1.safetensors"), SafetensorsBuilder.f32(first));
        Files.write(folder.resolve("model-2.safetensors"), SafetensorsBuilder.f32(second));
        write(folder.resolve("model.safetensors.index.json"), map.toString());
        return folder;
    }

    static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }
}

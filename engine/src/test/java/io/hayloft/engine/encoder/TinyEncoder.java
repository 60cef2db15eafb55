package io.hayloft.engine.encoder;

import io.hayloft.formats.config.EncoderFamily;
import io.hayloft.testing.SafetensorsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes folders with a two-layer token classifier of width 8 and random weights. */
final class TinyEncoder {
    static final int VOCABULARY = 40;
    static final int POSITIONS = 26;

    private TinyEncoder() {}

    static void write(Path folder, EncoderFamily family) throws IOException {
        var type = family == EncoderFamily.BERT ? "bert" : "xlm-roberta";
        Files.writeString(folder.resolve("config.json"), """
            {"model_type": "%s", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
             "num_attention_heads": 2, "vocab_size": 40, "max_position_embeddings": 26, "type_vocab_size": 1,
             "layer_norm_eps": 1e-5, "pad_token_id": 1, "hidden_act": "gelu"}
            """.formatted(type));
        Files.write(folder.resolve("model.safetensors"), SafetensorsBuilder.f32(tensors(family.prefix())));
    }

    static void replace(Path folder, String from, String to) throws IOException {
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace(from, to));
    }

    private static Map<String, long[]> tensors(String prefix) {
        var tensors = new LinkedHashMap<String, long[]>();
        tensors.put(prefix + "embeddings.word_embeddings.weight", new long[] {VOCABULARY, 8});
        tensors.put(prefix + "embeddings.position_embeddings.weight", new long[] {POSITIONS, 8});
        tensors.put(prefix + "embeddings.token_type_embeddings.weight", new long[] {1, 8});
        norm(tensors, prefix + "embeddings.LayerNorm");
        for (int i = 0; i < 2; i++) {
            var layer = prefix + "encoder.layer." + i + ".";
            affine(tensors, layer + "attention.self.query", 8, 8);
            affine(tensors, layer + "attention.self.key", 8, 8);
            affine(tensors, layer + "attention.self.value", 8, 8);
            affine(tensors, layer + "attention.output.dense", 8, 8);
            norm(tensors, layer + "attention.output.LayerNorm");
            affine(tensors, layer + "intermediate.dense", 12, 8);
            affine(tensors, layer + "output.dense", 8, 12);
            norm(tensors, layer + "output.LayerNorm");
        }
        affine(tensors, "classifier", 2, 8);
        return tensors;
    }

    private static void affine(Map<String, long[]> tensors, String name, long outputs, long inputs) {
        tensors.put(name + ".weight", new long[] {outputs, inputs});
        tensors.put(name + ".bias", new long[] {outputs});
    }

    private static void norm(Map<String, long[]> tensors, String name) {
        tensors.put(name + ".weight", new long[] {8});
        tensors.put(name + ".bias", new long[] {8});
    }
}

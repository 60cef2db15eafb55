package io.hayloft.benchmarks.gguf;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models of random weights that GGUF has no form for, as Hugging Face folders: RWKV-5 World and RecurrentGemma. The same
 * seed gives the same bytes.
 */
final class RandomFolder {
    /** The shapes by name: about those of RWKV-5-World-0.1B, and of RecurrentGemma at the size of Mamba-130M. */
    private static final Map<String, Shape> SHAPES = shapes();

    /**
     * The shape of a model.
     *
     * @param rwkv whether it is RWKV-5, else RecurrentGemma
     * @param head channels of a head; in RecurrentGemma also of a block of the gates
     * @param inner channels inside the feed-forward part
     */
    record Shape(boolean rwkv, int layers, int hidden, int head, int inner, int vocabulary) {
        int heads() {
            return hidden / head;
        }
    }

    private static Map<String, Shape> shapes() {
        var shapes = new LinkedHashMap<String, Shape>();
        shapes.put("rwkv5-tiny", new Shape(true, 2, 64, 32, 224, 1024));
        shapes.put("rwkv5-169m", new Shape(true, 12, 768, 64, 2688, 65_536));
        shapes.put("recurrentgemma-tiny", new Shape(false, 3, 64, 16, 128, 1024));
        shapes.put("recurrentgemma-130m", new Shape(false, 12, 768, 64, 2304, 50_280));
        return shapes;
    }

    private final Shape shape;
    private final WeightType type;
    private final SplittableRandom random;
    private final SafetensorsWriter file = new SafetensorsWriter();

    private RandomFolder(Shape shape, WeightType type, long seed) {
        this.shape = shape;
        this.type = type;
        this.random = new SplittableRandom(seed);
    }

    /** The shape of this name, if it is one of those that become folders. */
    static Optional<Shape> shape(String name) {
        return Optional.ofNullable(SHAPES.get(name));
    }

    /** The names of all shapes. */
    static List<String> names() {
        return List.copyOf(SHAPES.keySet());
    }

    /** The weights of a model, ready to be written; all matrices have the type, vectors are F32. */
    static SafetensorsWriter plan(Shape shape, WeightType type, long seed) {
        if (type != WeightType.F32 && type != WeightType.F16 && type != WeightType.BF16) {
            throw new UserError("safetensors have no type " + type + ": choose f32, f16 or bf16");
        }
        var model = new RandomFolder(shape, type, seed);
        if (shape.rwkv) {
            model.addRwkv();
        } else {
            model.addGriffin();
        }
        return model.file;
    }

    /** Writes what stands beside the weights: config.json and the vocabulary. */
    static void writeTexts(Shape shape, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("config.json"), (shape.rwkv ? rwkvConfig(shape) : griffinConfig(shape)) + "\n");
        if (shape.rwkv) {
            Files.writeString(folder.resolve("rwkv_vocab_v20230424.txt"), worldVocabulary(shape.vocabulary));
        } else {
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer(shape.vocabulary));
        }
    }

    private static String rwkvConfig(Shape shape) {
        return """
            {"model_type": "rwkv5", "version": "5.2", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d,
             "head_size": %d, "intermediate_size": %d, "layer_norm_epsilon": 1e-05, "head_size_divisor": 8,
             "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 0}\
            """.formatted(shape.vocabulary, shape.hidden, shape.layers, shape.head, shape.inner);
    }

    private static String griffinConfig(Shape shape) {
        return """
            {"model_type": "recurrent_gemma", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d,
             "num_attention_heads": %d, "num_key_value_heads": 1, "head_dim": %d, "lru_width": %d,
             "intermediate_size": %d, "attention_window_size": %d, "block_types": ["recurrent", "recurrent", "attention"],
             "conv1d_width": 4, "logits_soft_cap": 30.0, "rms_norm_eps": 1e-06, "rope_theta": 10000.0,
             "partial_rotary_factor": 0.5, "hidden_activation": "gelu_pytorch_tanh", "eos_token_id": %d}\
            """.formatted(
                        shape.vocabulary,
                        shape.hidden,
                        shape.layers,
                        shape.heads(),
                        shape.head,
                        shape.hidden,
                        2 * shape.inner,
                        shape.hidden > 64 ? 2048 : 64,
                        shape.vocabulary - 1);
    }

    /** Every byte, then words of small letters, as lines of id, Python literal and length. */
    private static String worldVocabulary(int size) {
        var lines = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            lines.append(b + 1).append(String.format(" b'\\x%02x' 1%n", b));
        }
        var words = LetterVocabulary.of(size - 1).tokens();
        for (int id = 257; id < size; id++) {
            var word = words.get(id - 1);
            var shown = word.startsWith("<") ? "zz" + id : word; // the last one is not a word
            lines.append(id)
                    .append(" '")
                    .append(shown)
                    .append("' ")
                    .append(shown.length())
                    .append('\n');
        }
        return lines.toString();
    }

    private static String tokenizer(int size) {
        var vocabulary = LetterVocabulary.of(size);
        var ids = new LinkedHashMap<String, Integer>();
        for (var token : vocabulary.tokens()) {
            ids.put(token, ids.size());
        }
        var end = vocabulary.tokens().get(vocabulary.endId());
        var json = JsonMapper.shared();
        return """
            {"version": "1.0",
             "added_tokens": [{"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true}],
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "model": {"type": "BPE", "vocab": %s, "merges": %s}}
            """.formatted(
                vocabulary.endId(), end, json.writeValueAsString(ids), json.writeValueAsString(vocabulary.merges()));
    }

    private void addRwkv() {
        int hidden = shape.hidden;
        matrix("emb.weight", shape.vocabulary, hidden);
        norm("blocks.0.ln0", hidden);
        for (int i = 0; i < shape.layers; i++) {
            var time = "blocks." + i + ".att.";
            var channel = "blocks." + i + ".ffn.";
            norm("blocks." + i + ".ln1", hidden);
            norm("blocks." + i + ".ln2", hidden);
            for (var mix : List.of("k", "v", "r", "g")) {
                vector(time + "time_mix_" + mix, n -> 0.5, 1, 1, hidden);
            }
            for (var name : List.of("receptance", "key", "value", "gate", "output")) {
                matrix(time + name + ".weight", hidden, hidden);
            }
            // From channels that forget within a few tokens to such that remember thousands.
            vector(time + "time_decay", n -> -6 + 5.0 * n / hidden, shape.heads(), shape.head);
            vector(time + "time_faaaa", n -> 0.5, shape.heads(), shape.head);
            norm(time + "ln_x", hidden);
            vector(channel + "time_mix_k", n -> 0.5, 1, 1, hidden);
            vector(channel + "time_mix_r", n -> 0.5, 1, 1, hidden);
            matrix(channel + "key.weight", shape.inner, hidden);
            matrix(channel + "receptance.weight", hidden, hidden);
            matrix(channel + "value.weight", hidden, shape.inner);
        }
        norm("ln_out", hidden);
        matrix("head.weight", shape.vocabulary, hidden);
    }

    private void addGriffin() {
        int hidden = shape.hidden;
        matrix("model.embed_tokens.weight", shape.vocabulary, hidden);
        for (int i = 0; i < shape.layers; i++) {
            var layer = "model.layers." + i + ".";
            var mixer = layer + "temporal_block.";
            vector(layer + "temporal_pre_norm.weight", n -> 0, hidden);
            vector(layer + "channel_pre_norm.weight", n -> 0, hidden);
            if (i % 3 == 2) {
                matrix(mixer + "q_proj.weight", hidden, hidden);
                matrix(mixer + "k_proj.weight", shape.head, hidden);
                matrix(mixer + "v_proj.weight", shape.head, hidden);
                affine(mixer + "o_proj", hidden, hidden);
            } else {
                addRecurrence(mixer);
            }
            affine(layer + "mlp_block.gate_proj", shape.inner, hidden);
            affine(layer + "mlp_block.up_proj", shape.inner, hidden);
            affine(layer + "mlp_block.down_proj", hidden, shape.inner);
        }
        vector("model.final_norm.weight", n -> 0, hidden);
    }

    private void addRecurrence(String mixer) {
        int hidden = shape.hidden;
        affine(mixer + "linear_x", hidden, hidden);
        affine(mixer + "linear_y", hidden, hidden);
        affine(mixer + "linear_out", hidden, hidden);
        vector(mixer + "conv_1d.weight", n -> 0.5, hidden, 1, 4);
        vector(mixer + "conv_1d.bias", n -> 0, hidden);
        for (var gate : List.of("input_gate", "recurrent_gate")) {
            double deviation = 1 / Math.sqrt(shape.head);
            file.tensor(
                    mixer + "rg_lru." + gate + "_weight",
                    type,
                    out -> type.fill(out, random, deviation),
                    shape.heads(),
                    shape.head,
                    shape.head);
            vector(mixer + "rg_lru." + gate + "_bias", n -> 0, shape.heads(), shape.head);
        }
        vector(mixer + "rg_lru.recurrent_param", n -> -8 + 4.0 * n / hidden, hidden); // decays from 0.93 to 0.999
    }

    private void affine(String name, int outputs, int inputs) {
        matrix(name + ".weight", outputs, inputs);
        vector(name + ".bias", n -> 0, outputs);
    }

    private void norm(String name, int width) {
        vector(name + ".weight", n -> 1, width);
        vector(name + ".bias", n -> 0, width);
    }

    /** Weights of deviation 1 / sqrt(inputs) keep the size of what is multiplied. */
    private void matrix(String name, int outputs, int inputs) {
        double deviation = 1 / Math.sqrt(inputs);
        file.tensor(name, type, out -> type.fill(out, random, deviation), outputs, inputs);
    }

    private void vector(String name, IntToDoubleFunction values, long... shapeOfIt) {
        file.tensor(
                name,
                WeightType.F32,
                out -> {
                    for (int n = 0; out.hasRemaining(); n++) {
                        out.putFloat((float) values.applyAsDouble(n));
                    }
                },
                shapeOfIt);
    }
}

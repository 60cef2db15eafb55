package io.hayloft.engine.model;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.testing.GgufBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Hugging Face folder of F32 weights as the GGUF file that llama.cpp's converter would make of it: other names, other
 * keys, rows of queries and keys in other orders, fused tensors taken apart by head, transposed matrices put upright.
 */
final class FolderAsGguf {
    private static final Pattern LAYER = Pattern.compile("(?:layers|h)\\.(\\d+)\\.(.*)");

    /** Names of architectures that differ in GGUF. */
    private static final Map<String, String> ARCHITECTURES = Map.of(
            "cohere", "command-r",
            "phi", "phi2",
            "gpt_neox", "gptneox",
            "mixtral", "llama",
            "qwen2_moe", "qwen2moe",
            "qwen3_moe", "qwen3moe",
            "gpt_oss", "gpt-oss",
            "granitemoehybrid", "granitehybrid",
            "qwen3_next", "qwen3next");

    private static final Map<String, String> GLOBAL = Map.ofEntries(
            Map.entry("embed_tokens", "token_embd"),
            Map.entry("embed_in", "token_embd"),
            Map.entry("wte", "token_embd"),
            Map.entry("word_embeddings", "token_embd"),
            Map.entry("wpe", "position_embd"),
            Map.entry("norm", "output_norm"),
            Map.entry("final_layernorm", "output_norm"),
            Map.entry("final_layer_norm", "output_norm"),
            Map.entry("ln_f", "output_norm"),
            Map.entry("lm_head", "output"),
            Map.entry("embed_out", "output"),
            Map.entry("embedding_norm", "token_embd_norm"),
            Map.entry("embeddings", "token_embd"),
            Map.entry("norm_f", "output_norm"));

    private static final Map<String, String> OF_LAYER = Map.ofEntries(
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("attention.query_key_value", "attn_qkv"),
            Map.entry("self_attention.query_key_value", "attn_qkv"),
            Map.entry("attn.c_attn", "attn_qkv"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.dense", "attn_output"),
            Map.entry("attention.dense", "attn_output"),
            Map.entry("self_attention.dense", "attn_output"),
            Map.entry("attn.c_proj", "attn_output"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.gate_up_proj", "ffn_up"),
            Map.entry("mlp.c_fc", "ffn_up"),
            Map.entry("mlp.fc1", "ffn_up"),
            Map.entry("mlp.dense_h_to_4h", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("mlp.c_proj", "ffn_down"),
            Map.entry("mlp.fc2", "ffn_down"),
            Map.entry("mlp.dense_4h_to_h", "ffn_down"),
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("ln_1", "attn_norm"),
            Map.entry("ln_mlp", "attn_norm"),
            Map.entry("ln_attn", "attn_norm_2"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("ln_2", "ffn_norm"),
            Map.entry("post_self_attn_layernorm", "post_attention_norm"),
            Map.entry("post_mlp_layernorm", "post_ffw_norm"),
            Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("mlp.router", "ffn_gate_inp"),
            Map.entry("mlp.shared_expert.gate_proj", "ffn_gate_shexp"),
            Map.entry("mlp.shared_expert.up_proj", "ffn_up_shexp"),
            Map.entry("mlp.shared_expert.down_proj", "ffn_down_shexp"),
            Map.entry("mlp.shared_experts.gate_proj", "ffn_gate_shexp"),
            Map.entry("mlp.shared_experts.up_proj", "ffn_up_shexp"),
            Map.entry("mlp.shared_experts.down_proj", "ffn_down_shexp"),
            Map.entry("mlp.shared_expert_gate", "ffn_gate_inp_shexp"),
            Map.entry("self_attn", "attn_sinks"),
            Map.entry("block_sparse_moe.router.layer", "ffn_gate_inp"),
            Map.entry("norm", "attn_norm"),
            Map.entry("mixer.q_proj", "attn_q"),
            Map.entry("mixer.k_proj", "attn_k"),
            Map.entry("mixer.v_proj", "attn_v"),
            Map.entry("mixer.o_proj", "attn_output"),
            Map.entry("mixer.up_proj", "ffn_up"),
            Map.entry("mixer.down_proj", "ffn_down"),
            Map.entry("mixer.gate", "ffn_gate_inp"),
            Map.entry("mixer.shared_experts.up_proj", "ffn_up_shexp"),
            Map.entry("mixer.shared_experts.down_proj", "ffn_down_shexp"),
            Map.entry("operator_norm", "attn_norm"),
            Map.entry("ffn_norm", "ffn_norm"),
            Map.entry("self_attn.out_proj", "attn_output"),
            Map.entry("self_attn.q_layernorm", "attn_q_norm"),
            Map.entry("self_attn.k_layernorm", "attn_k_norm"),
            Map.entry("feed_forward.w1", "ffn_gate"),
            Map.entry("feed_forward.w3", "ffn_up"),
            Map.entry("feed_forward.w2", "ffn_down"));

    private final JsonNode config;
    private final String type;
    private final String architecture;
    private final GgufBuilder gguf = new GgufBuilder();
    private final ExpertsAsGguf experts = new ExpertsAsGguf(gguf);
    private final HybridAsGguf hybrid;
    private final LatentAsGguf latent;
    private final StreamsAsGguf streams;
    private int heads;
    private int kvHeads;
    private int headDim;

    private FolderAsGguf(JsonNode config) {
        this.config = config;
        this.type = config.get("model_type").asString().replace("_text", "");
        boolean moe = config.path("layers_block_type").toString().contains("\"moe\"");
        this.architecture = moe
                ? type + "_moe"
                : type.startsWith("deepseek_") ? "deepseek2" : ARCHITECTURES.getOrDefault(type, type);
        this.latent = new LatentAsGguf(gguf, config, architecture);
        this.hybrid = new HybridAsGguf(gguf, config, architecture);
        this.streams = new StreamsAsGguf(gguf, config);
    }

    /** The file's bytes. */
    static byte[] of(Path folder) {
        try (var weights = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            var json = Files.readAllBytes(folder.resolve("config.json"));
            var file = new FolderAsGguf(JsonMapper.shared().readTree(json));
            file.keys();
            // One head's norm after the other, so that they can be stacked.
            weights.tensors().keySet().stream().sorted().forEach(name -> file.tensor(weights, name));
            file.experts.finish();
            return file.gguf.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int whole(int fallback, String... names) {
        for (var name : names) {
            if (config.hasNonNull(name)) {
                return config.get(name).asInt();
            }
        }
        return fallback;
    }

    private boolean flag(String name, boolean fallback) {
        return config.hasNonNull(name) ? config.get(name).asBoolean() : fallback;
    }

    private void key(String name, int value) {
        gguf.whole(architecture + "." + name, value);
    }

    private void number(String name, double value) {
        gguf.number(architecture + "." + name, value);
    }

    private void keys() {
        int hidden = whole(0, "hidden_size", "n_embd");
        heads = whole(0, "num_attention_heads", "n_head");
        boolean single = type.equals("falcon") && !flag("new_decoder_architecture", false) && flag("multi_query", true);
        kvHeads = single ? 1 : whole(heads, "num_key_value_heads", "num_kv_heads");
        headDim = whole(hidden / heads, "head_dim");
        gguf.text("general.architecture", architecture);
        if (!hybrid.saysLayers()) {
            key("block_count", whole(0, "num_hidden_layers", "n_layer"));
            if (!config.path("intermediate_size").isArray()) {
                int width = whole(4 * hidden, "ffn_hidden_size", "n_inner", "intermediate_size");
                key("feed_forward_length", hybrid.width(width));
            }
        }
        key("context_length", whole(0, "max_position_embeddings", "n_positions"));
        key("embedding_length", hidden);
        key("attention.head_count", heads);
        if (!hybrid.isHybrid() && !latent.isLatent()) {
            key("attention.head_count_kv", kvHeads);
        }
        if (headDim != hidden / heads && !latent.isLatent()) {
            key("attention.key_length", headDim);
            key("attention.value_length", headDim);
        }
        epsilon();
        var rope = config.path("rope_parameters");
        if (rope.hasNonNull("rope_theta")) {
            number("rope.freq_base", rope.get("rope_theta").asDouble());
        }
        if (rope.hasNonNull("partial_rotary_factor")) {
            key("rope.dimension_count", (int)
                    (headDim * rope.get("partial_rotary_factor").asDouble()));
        }
        own();
        yarn(rope);
        hybrid.keys(kvHeads);
        latent.keys();
        streams.keys();
        ExpertsAsGguf.keys(gguf, architecture, config);
        gguf.whole("tokenizer.ggml.bos_token_id", 1).whole("tokenizer.ggml.eos_token_id", 2);
    }

    private void yarn(JsonNode rope) {
        if (rope.path("rope_type").asString("").equals("yarn")) {
            gguf.text(architecture + ".rope.scaling.type", "yarn");
            number("rope.scaling.factor", rope.get("factor").asDouble());
            key(
                    "rope.scaling.original_context_length",
                    rope.get("original_max_position_embeddings").asInt());
        }
    }

    private void epsilon() {
        for (var name : List.of("rms_norm_eps", "norm_eps", "layer_norm_epsilon")) {
            if (config.hasNonNull(name) && (!name.startsWith("layer") || hybrid.isHybrid())) {
                number("attention.layer_norm_rms_epsilon", config.get(name).asDouble());
                return;
            }
        }
        for (var name : List.of("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon")) {
            if (config.hasNonNull(name)) {
                number("attention.layer_norm_epsilon", config.get(name).asDouble());
            }
        }
    }

    /** The keys of single architectures. */
    private void own() {
        switch (type) {
            case "granite", "granitemoehybrid" -> {
                number("attention.scale", config.get("attention_multiplier").asDouble());
                number("embedding_scale", config.get("embedding_multiplier").asDouble());
                number("residual_scale", config.get("residual_multiplier").asDouble());
                number("logit_scale", config.get("logits_scaling").asDouble());
            }
            case "cohere", "cohere2" -> {
                number("logit_scale", config.get("logit_scale").asDouble());
                gguf.text(architecture + ".rope.scaling.type", "none");
            }
            case "stablelm", "gpt_neox" ->
                gguf.raw(architecture + ".use_parallel_residual", 7, new byte[] {
                    (byte) (flag("use_parallel_residual", true) ? 1 : 0)
                });
            case "falcon" -> gguf.text("falcon.tensor_data_layout", "jploski");
            default -> {}
        }
        if (config.hasNonNull("sliding_window")) {
            key("attention.sliding_window", config.get("sliding_window").asInt());
            if (type.equals("exaone4")) { // one flag a layer; Command R7B leaves the pattern to the reader
                var flags = GgufBuilder.littleEndian(
                        7, (long) config.get("layer_types").size());
                var all = new byte[flags.length + config.get("layer_types").size()];
                System.arraycopy(flags, 0, all, 0, flags.length);
                for (int i = 0; i < config.get("layer_types").size(); i++) {
                    boolean slides = config.get("layer_types").get(i).asString().startsWith("sliding");
                    all[flags.length + i] = (byte) (slides ? 1 : 0);
                }
                gguf.raw("exaone4.attention.sliding_window_pattern", 9, all);
            }
        }
    }

    private final List<float[]> headNorms = new ArrayList<>();

    private void tensor(SafetensorsFile weights, String name) {
        var tensor = Objects.requireNonNull(weights.tensors().get(name));
        if (latent.takes(tensor)
                || streams.takes(weights, tensor)
                || hybrid.takes(tensor)
                || experts.takes(tensor, config.path("num_local_experts").asInt(1) == 0)) {
            return;
        }
        var shape = tensor.shape();
        var values = weights.readFloats(name);
        int dot = name.lastIndexOf('.');
        var stem = name.substring(0, dot).replaceFirst("^(model|gpt_neox|transformer|backbone)\\.", "");
        var end = name.endsWith(".sinks") ? ".weight" : name.substring(dot);
        var inLayer = LAYER.matcher(stem);
        if (!inLayer.matches()) {
            gguf.tensor(GLOBAL.get(stem) + end, plusOne(stem, values), shape);
            return;
        }
        var prefix = "blk." + inLayer.group(1) + ".";
        var place = inLayer.group(2);
        if (end.equals(".e_score_correction_bias")) {
            gguf.tensor(prefix + "exp_probs_b.bias", values, shape);
            return;
        }
        if (end.equals(".bias") && place.equals("attn")) {
            return; // a mask
        }
        if (place.matches("self_attn\\.[qk]_layernorm\\.norms\\.\\d+")) {
            stack(
                    prefix + "attn_" + place.charAt(10) + "_norm.weight",
                    values,
                    place.charAt(10) == 'q' ? heads : kvHeads);
            return;
        }
        boolean after = (type.equals("olmo2") || type.equals("exaone4")) && place.equals("post_attention_layernorm");
        boolean normBefore = type.matches("gpt_oss|qwen3_next") && place.equals("post_attention_layernorm");
        var role = after || normBefore ? "post_attention_norm" : Objects.requireNonNull(OF_LAYER.get(place), place);
        var rows = rows(role, (int) (type.equals("gpt2") && shape.length == 2 ? shape[1] : shape[0]));
        if (shape.length == 1) {
            gguf.tensor(prefix + role + end, ordered(plusOne(place, values), rows, 1), shape);
        } else if (type.equals("gpt2")) {
            gguf.tensor(prefix + role + end, transposed(values, (int) shape[0], (int) shape[1]), shape[1], shape[0]);
        } else {
            gguf.tensor(prefix + role + end, ordered(values, rows, (int) shape[1]), shape);
        }
    }

    /** Norms of single heads, in the order of their names, as one tensor. */
    private void stack(String name, float[] norm, int count) {
        headNorms.add(norm);
        if (headNorms.size() == count) {
            var all = new float[count * headDim];
            for (int i = 0; i < count; i++) {
                System.arraycopy(headNorms.get(i), 0, all, i * headDim, headDim);
            }
            gguf.tensor(name, all, count, headDim);
            headNorms.clear();
        }
    }

    /** Gemma's norms multiply with weight + 1, which is what the file holds. */
    private float[] plusOne(String place, float[] values) {
        if (type.matches("gemma|qwen3_next") && place.endsWith("norm")) {
            for (int i = 0; i < values.length; i++) {
                values[i] += 1;
            }
        }
        return values;
    }

    /** Row i of the file is row {@code rows[i]} of the folder. */
    private List<Integer> rows(String role, int count) {
        var rows = new ArrayList<Integer>(Collections.nCopies(count, 0));
        for (int i = 0; i < count; i++) {
            int row = i;
            if (type.matches("granite(moehybrid)?|mixtral")
                    && (role.equals("attn_q") || role.equals("attn_k"))) { // first of a pair, second
                int channel = i % headDim;
                row = i - channel + channel % 2 * headDim / 2 + channel / 2;
            } else if (role.equals("attn_qkv") && !type.equals("gpt2")) { // by KV head: queries, key, value
                int group = heads / kvHeads;
                int head = i / headDim;
                boolean query = head < heads;
                int kvHead = query ? head / group : (head - heads) % kvHeads;
                int place = query ? head % group : group + (head - heads) / kvHeads;
                row = (kvHead * (group + 2) + place) * headDim + i % headDim;
            }
            rows.set(i, row);
        }
        return rows;
    }

    private static float[] ordered(float[] values, List<Integer> rows, int columns) {
        var ordered = new float[values.length];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(values, rows.get(i) * columns, ordered, i * columns, columns);
        }
        return ordered;
    }

    private static float[] transposed(float[] values, int rows, int columns) {
        var transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }
        return transposed;
    }
}

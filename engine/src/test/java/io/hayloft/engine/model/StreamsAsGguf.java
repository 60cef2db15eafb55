package io.hayloft.engine.model;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.testing.GgufBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What Gemma 3n has beside other models, as llama.cpp's converter writes it: matrices of streams in one tensor. */
final class StreamsAsGguf {
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int ARRAY = 9;
    private static final Pattern OF_STREAM =
            Pattern.compile("model\\.(altup_(?:unembed_)?proj)ections\\.(\\d+)\\.weight");
    private static final Pattern OF_LAYER = Pattern.compile(".*layers\\.(\\d+)\\.(.*)");

    private static final Map<String, String> GLOBAL = Map.of(
            "model.embed_tokens_per_layer.weight", "per_layer_token_embd.weight",
            "model.per_layer_model_projection.weight", "per_layer_model_proj.weight",
            "model.per_layer_projection_norm.weight", "per_layer_proj_norm.weight");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("altup.modality_router.weight", "altup_router.weight"),
            Map.entry("altup.router_norm.weight", "altup_router_norm.weight"),
            Map.entry("altup.prediction_coefs.weight", "altup_predict_coef.weight"),
            Map.entry("altup.correction_coefs.weight", "altup_correct_coef.weight"),
            Map.entry("altup.correct_output_scale", "altup_correct_scale.weight"),
            Map.entry("per_layer_input_gate.weight", "inp_gate.weight"),
            Map.entry("per_layer_projection.weight", "proj.weight"),
            Map.entry("post_per_layer_input_norm.weight", "post_norm.weight"),
            Map.entry("laurel.linear_left.weight", "laurel_l.weight"),
            Map.entry("laurel.linear_right.weight", "laurel_r.weight"),
            Map.entry("laurel.post_laurel_norm.weight", "laurel_post_norm.weight"),
            Map.entry("post_attention_layernorm.weight", "post_attention_norm.weight"),
            Map.entry("pre_feedforward_layernorm.weight", "ffn_norm.weight"));

    private final GgufBuilder gguf;
    private final JsonNode config;

    StreamsAsGguf(GgufBuilder gguf, JsonNode config) {
        this.gguf = gguf;
        this.config = config;
    }

    private boolean hasStreams() {
        return config.hasNonNull("altup_num_inputs");
    }

    private void key(String key, String field) {
        gguf.whole("gemma3n." + key, config.get(field).asInt());
    }

    void keys() {
        if (!hasStreams()) {
            return;
        }
        key("altup.num_inputs", "altup_num_inputs");
        key("altup.active_idx", "altup_active_idx");
        key("embedding_length_per_layer_input", "hidden_size_per_layer_input");
        key("attention.shared_kv_layers", "num_kv_shared_layers");
        gguf.number(
                "gemma3n.final_logit_softcapping",
                config.get("final_logit_softcapping").asDouble());
        var rope = config.get("rope_parameters");
        gguf.number(
                "gemma3n.rope.freq_base",
                rope.get("full_attention").get("rope_theta").asDouble());
        gguf.number(
                "gemma3n.rope.freq_base_swa",
                rope.get("sliding_attention").get("rope_theta").asDouble());
        int layers = config.get("num_hidden_layers").asInt();
        gguf.whole(
                "gemma3n.feed_forward_length",
                config.get("intermediate_size").get(0).asInt());
        var cutoffs = ByteBuffer.allocate(12 + 4 * layers).order(ByteOrder.LITTLE_ENDIAN);
        cutoffs.putInt(FLOAT32).putLong(layers);
        var slides = ByteBuffer.allocate(12 + layers).order(ByteOrder.LITTLE_ENDIAN);
        slides.putInt(BOOL).putLong(layers);
        for (int i = 0; i < layers; i++) {
            double sparsity = config.get("activation_sparsity_pattern").get(i).asDouble();
            // Quantiles of the normal distribution, from a table.
            cutoffs.putFloat(sparsity == 0.9 ? 1.2815516f : sparsity == 0.5 ? 0 : Float.NEGATIVE_INFINITY);
            slides.put((byte) (config.get("layer_types").get(i).asString().startsWith("sliding") ? 1 : 0));
        }
        gguf.raw("gemma3n.activation_sparsity_scale", ARRAY, cutoffs.array());
        gguf.raw("gemma3n.attention.sliding_window_pattern", ARRAY, slides.array());
    }

    /** Writes a tensor if it is one that other models do not have. */
    boolean takes(SafetensorsFile weights, Tensor tensor) {
        if (!hasStreams()) {
            return false;
        }
        var name = tensor.name();
        var ofStream = OF_STREAM.matcher(name);
        var inLayer = OF_LAYER.matcher(name);
        if (ofStream.matches()) {
            if (ofStream.group(2).equals("0")) {
                stack(weights, ofStream.group(1), tensor.shape());
            }
            return true;
        }
        if (GLOBAL.containsKey(name)) {
            gguf.tensor(GLOBAL.get(name), tensor.toFloats(), tensor.shape());
            return true;
        }
        if (inLayer.matches() && NAMES.containsKey(inLayer.group(2))) {
            gguf.tensor(
                    "blk." + inLayer.group(1) + "." + NAMES.get(inLayer.group(2)), tensor.toFloats(), tensor.shape());
            return true;
        }
        return false;
    }

    private void stack(SafetensorsFile weights, String stem, long[] shape) {
        int count = config.get("altup_num_inputs").asInt() - 1;
        var all = new float[0];
        for (int i = 0; i < count; i++) {
            var own = weights.readFloats("model." + stem + "ections." + i + ".weight");
            all = Arrays.copyOf(all, all.length + own.length);
            System.arraycopy(own, 0, all, all.length - own.length, own.length);
        }
        gguf.tensor(stem.replace("unembed", "unembd") + ".weight", all, count, shape[0], shape[1]);
    }
}

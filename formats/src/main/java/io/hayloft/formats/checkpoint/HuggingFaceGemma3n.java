package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.StreamsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts that only Gemma 3n has, from config.json: residual streams, sparse gates, layers that read the cache of another. */
record HuggingFaceGemma3n(Fields fields) {
    /** Values of the fields that files may leave out. */
    static final Map<String, ?> DEFAULTS = Map.ofEntries(
            Map.entry("num_hidden_layers", 35L),
            Map.entry("hidden_size", 2048L),
            Map.entry("intermediate_size", 16_384L),
            Map.entry("num_attention_heads", 8L),
            Map.entry("num_key_value_heads", 2L),
            Map.entry("vocab_size", 262_400L),
            Map.entry("max_position_embeddings", 32_768L),
            Map.entry("sliding_window", 512L),
            Map.entry("final_logit_softcapping", 30.0),
            Map.entry("bos_token_id", 2L),
            Map.entry("eos_token_id", 1L),
            Map.entry("num_kv_shared_layers", 15L),
            Map.entry("hidden_activation", "gelu_pytorch_tanh"));

    static final HuggingFaceFamily FAMILY = new HuggingFaceFamily(
            Map.of(),
            Map.of(),
            Set.of(
                    "activation_sparsity_pattern",
                    "altup_active_idx",
                    "altup_correct_scale",
                    "altup_num_inputs",
                    "hidden_size_per_layer_input",
                    "laurel_rank",
                    "num_kv_shared_layers",
                    "vocab_size_per_layer_input"),
            Set.of("altup_coef_clip", "altup_lr_multiplier"), // of training
            Set.of());

    /** The first layers have sparse gates in models of more layers than that. */
    private static final int SPARSE_LAYERS = 10;

    private static final double SPARSITY = 0.95;

    StreamsConfig streams() {
        return new StreamsConfig(
                fields.positive("altup_num_inputs", 4),
                fields.whole("altup_active_idx", 0),
                fields.flag("altup_correct_scale", true),
                fields.positive("laurel_rank", 64),
                fields.positive("hidden_size_per_layer_input", 256),
                fields.positive("vocab_size_per_layer_input", 262_144));
    }

    FeedForward feedForward(int layer, Activation activation) {
        int layers = HuggingFaceConfig.layers(fields);
        int width = fields.positives("intermediate_size", layers)[layer];
        return new FeedForward(width, activation, true, false, 1, 1, cutoff(layer, layers));
    }

    private double cutoff(int layer, int layers) {
        var name = "activation_sparsity_pattern";
        double sparsity = layers > SPARSE_LAYERS && layer < SPARSE_LAYERS ? SPARSITY : 0;
        if (fields.isList(name)) {
            var all = fields.numbers(name);
            if (all.size() != layers) {
                throw fields.error("field '" + name + "' has " + all.size() + " entries for " + layers + " layers");
            }
            sparsity = all.get(layer);
        } else if (fields.has(name)) {
            sparsity = fields.number(name);
        }
        if (!(sparsity >= 0 && sparsity < 1)) {
            throw fields.error("field '" + name + "' must have numbers from 0 and below 1, not " + sparsity);
        }
        return sparsity == 0 ? FeedForward.NO_CUTOFF : (float) NormalQuantile.of(sparsity); // as GGUF files have it
    }

    /** The layers, of which the last ones read what earlier ones keep. */
    List<LayerConfig> withHolders(List<LayerConfig> stack) {
        return withHolders(fields, stack, fields.whole("num_kv_shared_layers", 0));
    }

    /**
     * Has the last layers read the keys and values of the last one before them that slides as they do.
     *
     * @param readers number of these layers
     */
    static List<LayerConfig> withHolders(Fields fields, List<LayerConfig> stack, int readers) {
        int first = stack.size() - readers;
        if (first < 1) {
            throw fields.error("the last " + readers + " of " + stack.size()
                    + " layers cannot read the keys and values of earlier ones: there must be fewer");
        }
        var all = new ArrayList<>(stack.subList(0, first));
        for (int layer = first; layer < stack.size(); layer++) {
            var own = stack.get(layer);
            var attention = (AttentionConfig) own.mixer();
            int holder = first - 1;
            while (holder >= 0 && ((AttentionConfig) stack.get(holder).mixer()).sliding() != attention.sliding()) {
                holder--;
            }
            if (holder < 0) {
                throw fields.error("layer " + layer + " has no layer of its kind before layer " + first
                        + " whose keys and values it could read");
            }
            all.add(new LayerConfig(attention.reading(holder), own.feedForward()));
        }
        return all;
    }
}

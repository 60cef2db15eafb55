package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.formats.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts that only Gemma 3n has, from GGUF metadata: residual streams, sparse gates, layers that read the cache of another. */
record GgufGemma3n(Fields fields, Map<String, Tensor> tensors) {
    static final Set<String> KEYS = Set.of(
            "activation_sparsity_scale",
            "altup.active_idx",
            "altup.correct_scale",
            "altup.lr_multiplier",
            "altup.num_inputs",
            "attention.shared_kv_layers",
            "embedding_length_per_layer_input");

    /** Of files without keys for them, as llama.cpp has it. */
    private static final int LAYERS_WITH_CACHE = 20;

    private static final int SPARSE_LAYERS = 10;
    private static final double CUTOFF = 1.6448533535003662; // as many standard deviations, so that 5 % are above

    StreamsConfig streams() {
        return new StreamsConfig(
                fields.positive("altup.num_inputs"),
                fields.whole("altup.active_idx", 0),
                fields.flag("altup.correct_scale", true),
                rows("blk.0.laurel_l.weight"),
                fields.positive("embedding_length_per_layer_input"),
                rows("per_layer_token_embd.weight"));
    }

    private int rows(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw FileError.of(fields.source(), "tensor '" + name + "' is missing");
        }
        return (int) Math.min(tensor.rows(), Integer.MAX_VALUE);
    }

    /** A feed-forward part with the cutoff of its gate. */
    FeedForward withCutoff(FeedForward plain, int layer, int layers) {
        var key = "activation_sparsity_scale";
        double cutoff = layer < SPARSE_LAYERS ? CUTOFF : FeedForward.NO_CUTOFF;
        if (fields.has(key)) {
            var all = fields.limits(key);
            if (all.size() != layers) {
                throw fields.error("key '" + key + "' has " + all.size() + " entries for " + layers + " layers");
            }
            cutoff = all.get(layer);
        }
        return new FeedForward(
                plain.width(),
                plain.activation(),
                plain.gated(),
                plain.biases(),
                plain.gateFactor(),
                plain.downFactor(),
                cutoff);
    }

    /** The layers, of which the last ones read what earlier ones keep; some files state their number as a fraction. */
    List<LayerConfig> withHolders(List<LayerConfig> stack) {
        var key = "attention.shared_kv_layers";
        double readers = fields.number(key, Math.max(0, stack.size() - LAYERS_WITH_CACHE));
        if (readers != Math.rint(readers) || readers < 0 || readers > stack.size()) {
            throw fields.error("key '" + key + "' must be a whole number of layers, not " + readers);
        }
        return HuggingFaceGemma3n.withHolders(fields, stack, (int) readers);
    }
}

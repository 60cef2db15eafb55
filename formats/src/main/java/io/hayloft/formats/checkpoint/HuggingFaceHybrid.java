package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The recurrent layers of models that mix them with attention layers, from config.json. */
record HuggingFaceHybrid(Fields fields, Architecture architecture) {
    /** The kind of a layer, or of its first part. */
    enum Kind {
        ATTENTION,
        RECURRENT,
        /** A recurrent layer with a transformer block that layers share. */
        SHARED,
        /** A layer without a mixer. */
        FEED_FORWARD,
        /** A layer of experts without a mixer. */
        EXPERTS
    }

    private static final Map<String, Kind> KINDS = Map.of(
            "attention", Kind.ATTENTION,
            "full_attention", Kind.ATTENTION,
            "hybrid", Kind.SHARED,
            "conv", Kind.RECURRENT,
            "linear_attention", Kind.RECURRENT,
            "mamba", Kind.RECURRENT);

    /** Those of models that have one part a layer, and the letters that their first configs have for them. */
    private static final Map<String, Kind> ALONE = Map.of("mlp", Kind.FEED_FORWARD, "moe", Kind.EXPERTS);

    private static final Map<Character, Kind> LETTERS =
            Map.of('M', Kind.RECURRENT, '*', Kind.ATTENTION, '-', Kind.FEED_FORWARD, 'E', Kind.EXPERTS);

    /**
     * The names of the fields of a family's Mamba-2 mixers.
     *
     * @param headDim may be absent or "auto": what the width times {@code expand} divides into
     */
    private record Mamba2Names(
            String heads,
            String headDim,
            String groups,
            String stateSize,
            String convolution,
            String convolutionBias) {}

    /** The fields, with the number of layers where only their list says it. */
    static Fields withLayers(Fields fields) {
        boolean listed = !fields.has("num_hidden_layers") && fields.has("layers_block_type");
        return listed
                ? fields.or(Map.of(
                        "num_hidden_layers", fields.texts("layers_block_type").size()))
                : fields;
    }

    /** The layers in order. */
    List<Kind> kinds(int layers) {
        if (!architecture.isHybrid()) {
            return Collections.nCopies(layers, Kind.ATTENTION);
        }
        for (var name : List.of("layer_types", "layers_block_type")) {
            if (fields.has(name)) {
                return ofTypes(name, layers);
            }
        }
        return switch (architecture) {
            case LFM2 -> attentionAt("full_attn_idxs", layers);
            case BAMBA -> attentionAt("attn_layer_indices", layers);
            case NEMOTRON_H -> ofLetters("hybrid_override_pattern", layers);
            case QWEN3_NEXT -> {
                int interval = fields.positive("full_attention_interval", 4);
                var kinds = new ArrayList<Kind>();
                for (boolean other : HuggingFaceConfig.everyOtherThan(interval, layers)) {
                    kinds.add(other ? Kind.RECURRENT : Kind.ATTENTION);
                }
                yield kinds;
            }
            default -> throw fields.error("field 'layer_types' is missing");
        };
    }

    private List<Kind> ofTypes(String name, int layers) {
        var types = fields.texts(name);
        if (types.size() != layers) {
            throw fields.error("field '" + name + "' has " + types.size() + " entries for " + layers + " layers");
        }
        var kinds = new ArrayList<Kind>();
        for (var type : types) {
            var alone = architecture.hasOnePartALayer() ? ALONE.get(type) : null;
            var kind = alone != null ? alone : KINDS.get(type);
            boolean shared = kind == Kind.SHARED && architecture != Architecture.ZAMBA2;
            if (kind == null || shared) {
                throw fields.error("layer type '" + type + "' is not supported for " + architecture.label());
            }
            kinds.add(kind);
        }
        return kinds;
    }

    private List<Kind> ofLetters(String name, int layers) {
        var letters = fields.text(name);
        if (letters.length() != layers) {
            throw fields.error("field '" + name + "' has " + letters.length() + " letters for " + layers + " layers");
        }
        var kinds = new ArrayList<Kind>();
        for (int i = 0; i < layers; i++) {
            char letter = letters.charAt(i);
            var kind = LETTERS.get(letter);
            if (kind == null) {
                throw fields.error("field '" + name + "' has a letter '" + letter + "', which is not supported");
            }
            kinds.add(kind);
        }
        return kinds;
    }

    /** All layers are recurrent but those that a field lists; without the field, none is. */
    private List<Kind> attentionAt(String name, int layers) {
        if (!fields.has(name)) {
            return Collections.nCopies(layers, architecture == Architecture.BAMBA ? Kind.RECURRENT : Kind.ATTENTION);
        }
        var kinds = new ArrayList<>(Collections.nCopies(layers, Kind.RECURRENT));
        for (long layer : fields.wholes(name)) {
            if (layer < 0 || layer >= layers) {
                throw fields.error("field '" + name + "' names layer " + layer + " of " + layers);
            }
            kinds.set((int) layer, Kind.ATTENTION);
        }
        return kinds;
    }

    /**
     * A layer.
     *
     * @param attention of the layer, if it has one
     */
    LayerConfig layer(int number, Kind kind, AttentionConfig attention, int hidden, HuggingFaceLayers parts) {
        return switch (kind) {
            case ATTENTION -> new LayerConfig(attention, behindMixer(number, hidden, parts));
            case RECURRENT -> new LayerConfig(mixer(hidden), behindMixer(number, hidden, parts));
            case SHARED -> new LayerConfig(shared(number, attention, hidden, parts), new LayerConfig.None());
            case FEED_FORWARD -> new LayerConfig(new LayerConfig.NoMixer(), parts.dense(hidden));
            case EXPERTS -> new LayerConfig(new LayerConfig.NoMixer(), parts.experts());
        };
    }

    private LayerConfig.FeedForwardPart behindMixer(int number, int hidden, HuggingFaceLayers parts) {
        boolean none = architecture.hasOnePartALayer() || architecture == Architecture.ZAMBA2;
        return none ? new LayerConfig.None() : parts.feedForward(hidden, number);
    }

    private SharedBlockConfig shared(int number, AttentionConfig attention, int hidden, HuggingFaceLayers parts) {
        int before = 0;
        for (var kind : kinds(HuggingFaceConfig.layers(fields)).subList(0, number)) {
            before += kind == Kind.SHARED ? 1 : 0;
        }
        return new SharedBlockConfig(
                attention,
                parts.dense(hidden),
                fields.positive("adapter_rank", 128),
                before % fields.positive("num_mem_blocks", 1),
                (Mamba2Config) mixer(hidden));
    }

    /** The mixer of the recurrent layers; all have the same. */
    private LayerConfig.Recurrent mixer(int hidden) {
        return switch (architecture) {
            case LFM2 -> new ShortConvolutionConfig(hidden, fields.positive("conv_L_cache", 3));
            case QWEN3_NEXT ->
                new DeltaConfig(
                        fields.positive("linear_num_value_heads", 32),
                        fields.positive("linear_num_key_heads", 16),
                        fields.positive("linear_key_head_dim", 128),
                        fields.positive("linear_value_head_dim", 128),
                        fields.positive("linear_conv_kernel_dim", 4));
            case NEMOTRON_H -> {
                var names = new Mamba2Names(
                        "mamba_num_heads",
                        "mamba_head_dim",
                        "n_groups",
                        "ssm_state_size",
                        "conv_kernel",
                        "use_conv_bias");
                int heads = fields.positive(names.heads, 128);
                yield mamba2(HuggingFaceStateSpace.times(heads, fields.positive(names.headDim, 64)), 128, names);
            }
            case ZAMBA2 -> {
                var names = new Mamba2Names(
                        "n_mamba_heads",
                        "mamba_headdim",
                        "mamba_ngroups",
                        "mamba_d_state",
                        "mamba_d_conv",
                        "use_conv_bias");
                yield mamba2(HuggingFaceStateSpace.times(fields.positive("mamba_expand", 2), hidden), 64, names);
            }
            case GRANITEMOEHYBRID, BAMBA -> {
                var names = new Mamba2Names(
                        "mamba_n_heads",
                        "mamba_d_head",
                        "mamba_n_groups",
                        "mamba_d_state",
                        "mamba_d_conv",
                        "mamba_conv_bias");
                int inner = HuggingFaceStateSpace.times(fields.positive("mamba_expand", 2), hidden);
                yield mamba2(inner, 256, names);
            }
            default -> throw new IllegalStateException(architecture + " has no recurrent layers");
        };
    }

    /**
     * A Mamba-2 mixer.
     *
     * @param inner channels
     * @param stateSize where the file does not say it
     */
    private Mamba2Config mamba2(int inner, int stateSize, Mamba2Names names) {
        int heads = fields.positive(names.heads, 128);
        boolean auto = !fields.has(names.headDim) || fields.shown(names.headDim).equals("auto");
        int headDim = auto ? Math.max(1, inner / heads) : fields.positive(names.headDim);
        if ((long) heads * headDim != inner) {
            throw fields.error(heads + " heads of " + headDim + " channels do not make " + inner + " Mamba channels");
        }
        return new Mamba2Config(
                heads,
                headDim,
                fields.positive(names.groups, 1),
                fields.positive(names.stateSize, stateSize),
                fields.positive(names.convolution, 4),
                fields.flag(names.convolutionBias, true),
                Mamba2Config.Gate.NORM_AFTER,
                stepLimits(),
                Mamba2Config.NO_FACTORS);
    }

    /** Zamba2 has a smallest step size, as transformers computes it. */
    private List<Double> stepLimits() {
        if (architecture == Architecture.ZAMBA2) {
            return List.of(fields.number("time_step_min", 0.001), Double.POSITIVE_INFINITY);
        }
        return fields.has("time_step_limit") ? fields.limits("time_step_limit") : Mamba2Config.NO_LIMITS;
    }
}

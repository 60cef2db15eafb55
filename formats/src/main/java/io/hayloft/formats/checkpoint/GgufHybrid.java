package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.formats.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/** The recurrent layers of models that mix them with attention layers, from GGUF metadata. */
record GgufHybrid(Fields fields, Map<String, Tensor> tensors, Architecture architecture) {
    /** The keys of LFM2. */
    static final Set<String> LFM2_KEYS = Set.of("shortconv.l_cache");

    /** A number for each layer; those of hybrids may be 0: KV heads in layers that are recurrent, channels in others. */
    int[] counts(String key, int layers) {
        if (!architecture.isHybrid() || !fields.isList(key)) {
            return fields.positives(key, layers);
        }
        var stated = fields.wholes(key);
        if (stated.length != layers) {
            throw fields.error("key '" + key + "' has " + stated.length + " entries for " + layers + " layers");
        }
        var counts = new int[layers];
        for (int layer = 0; layer < layers; layer++) {
            counts[layer] = Math.clamp(stated[layer], 0, Integer.MAX_VALUE);
        }
        return counts;
    }

    /** Whether a layer, from 0, has the tensors of a recurrent mixer. */
    boolean recurrent(int layer) {
        return tensors.containsKey("blk." + layer + ".ssm_in.weight");
    }

    /** The mixer of a layer without attention. */
    LayerConfig.Mixer mixer(int layer, int hidden) {
        if (architecture.hasOnePartALayer() && !recurrent(layer)) {
            return new LayerConfig.NoMixer();
        }
        return switch (architecture) {
            case LFM2 -> new ShortConvolutionConfig(hidden, fields.positive("shortconv.l_cache"));
            case QWEN3_NEXT -> delta();
            default -> new GgufStateSpace(fields, tensors, architecture).mamba2(layer, Mamba2Config.Gate.NORM_AFTER);
        };
    }

    private DeltaConfig delta() {
        int inner = fields.positive("ssm.inner_size");
        int heads = fields.positive("ssm.time_step_rank");
        if (inner % heads != 0) {
            throw fields.error(inner + " channels of values do not divide among " + heads + " heads");
        }
        return new DeltaConfig(
                heads,
                fields.positive("ssm.group_count"),
                fields.positive("ssm.state_size"),
                inner / heads,
                fields.positive("ssm.conv_kernel"));
    }
}

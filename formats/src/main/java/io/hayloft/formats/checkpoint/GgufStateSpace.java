package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layers of Mamba, Mamba-2, Jamba and Falcon-H1 from GGUF metadata, as llama.cpp defines it. The factors of Falcon-H1
 * are multiplied into the weights of such files.
 */
final class GgufStateSpace {
    /** Keys that only these families have. */
    static final Set<String> KEYS = Set.of(
            "expert_used_count",
            "ssm.conv_kernel",
            "ssm.dt_b_c_rms",
            "ssm.group_count",
            "ssm.inner_size",
            "ssm.state_size",
            "ssm.time_step_rank");

    private final Fields fields;
    private final Map<String, Tensor> tensors;
    private final Architecture architecture;

    GgufStateSpace(Fields fields, Map<String, Tensor> tensors, Architecture architecture) {
        this.fields = fields;
        this.tensors = tensors;
        this.architecture = architecture;
    }

    /** The scaling of the model's rotation. */
    RopeConfig.Scaling scaling(int hidden) {
        return architecture == Architecture.FALCON_H1 ? rope(hidden).scaling() : new RopeConfig.None();
    }

    private RopeConfig rope(int hidden) {
        return new GgufRope(fields, tensors, headDim(hidden), architecture).full();
    }

    List<LayerConfig> stack(int hidden, int layers) {
        if (fields.isOn("ssm.dt_b_c_rms")) {
            throw fields.error("key 'ssm.dt_b_c_rms' is on, which is not supported");
        }
        var stack = new ArrayList<LayerConfig>();
        for (int layer = 0; layer < layers; layer++) {
            stack.add(
                    switch (architecture) {
                        case MAMBA -> new LayerConfig(mamba(layer, false), new LayerConfig.None());
                        case MAMBA2 ->
                            new LayerConfig(mamba2(layer, Mamba2Config.Gate.NORM_AFTER), new LayerConfig.None());
                        case JAMBA -> jamba(hidden, layer, layers);
                        default -> falcon(hidden, layer);
                    });
        }
        return stack;
    }

    private MambaConfig mamba(int layer, boolean norms) {
        return new MambaConfig(
                fields.positive("ssm.inner_size"),
                fields.positive("ssm.state_size"),
                fields.positive("ssm.conv_kernel"),
                fields.positive("ssm.time_step_rank"),
                norms,
                tensors.containsKey("blk." + layer + ".ssm_conv1d.bias"));
    }

    /** The key of Mamba-1's step rank has the number of heads. */
    Mamba2Config mamba2(int layer, Mamba2Config.Gate gate) {
        int inner = fields.positive("ssm.inner_size");
        int heads = fields.positive("ssm.time_step_rank");
        if (inner % heads != 0) {
            throw fields.error(inner + " Mamba channels do not divide among " + heads + " heads");
        }
        return new Mamba2Config(
                heads,
                inner / heads,
                fields.positive("ssm.group_count", 1),
                fields.positive("ssm.state_size"),
                fields.positive("ssm.conv_kernel"),
                tensors.containsKey("blk." + layer + ".ssm_conv1d.bias"),
                gate,
                Mamba2Config.NO_LIMITS,
                Mamba2Config.NO_FACTORS);
    }

    /** Jamba states its KV heads layer by layer: none where the mixer is Mamba. */
    private LayerConfig jamba(int hidden, int layer, int layers) {
        var kvHeads = fields.wholes("attention.head_count_kv");
        if (kvHeads.length != layers) {
            throw fields.error(
                    "key 'attention.head_count_kv' has " + kvHeads.length + " entries for " + layers + " layers");
        }
        var feedForward = new FeedForward(fields.positive("feed_forward_length"), Activation.SILU);
        boolean experts = tensors.containsKey("blk." + layer + ".ffn_gate_inp.weight");
        return new LayerConfig(
                kvHeads[layer] == 0
                        ? mamba(layer, true)
                        : attention(hidden, (int) Math.min(kvHeads[layer], Integer.MAX_VALUE), null),
                experts
                        ? HuggingFaceStateSpace.experts(
                                fields.positive("expert_count"), fields.positive("expert_used_count"), feedForward)
                        : feedForward);
    }

    private LayerConfig falcon(int hidden, int layer) {
        boolean norm = tensors.containsKey("blk." + layer + ".ssm_norm.weight");
        var both = new ParallelMixers(
                attention(hidden, fields.positive("attention.head_count_kv"), rope(hidden)),
                mamba2(layer, norm ? Mamba2Config.Gate.NORM_AFTER : Mamba2Config.Gate.PLAIN),
                1,
                1,
                1,
                1);
        return new LayerConfig(both, new FeedForward(fields.positive("feed_forward_length"), Activation.SILU));
    }

    private AttentionConfig attention(int hidden, int kvHeads, @Nullable RopeConfig rope) {
        int headDim = headDim(hidden);
        return new AttentionConfig(
                fields.positive("attention.head_count"),
                kvHeads,
                headDim,
                0,
                rope,
                1 / Math.sqrt(headDim),
                0,
                false,
                false);
    }

    private int headDim(int hidden) {
        int keys =
                fields.positive("attention.key_length", Math.max(1, hidden / fields.positive("attention.head_count")));
        if (fields.positive("attention.value_length", keys) != keys) {
            throw fields.error("keys and values of different widths are not supported");
        }
        return keys;
    }
}

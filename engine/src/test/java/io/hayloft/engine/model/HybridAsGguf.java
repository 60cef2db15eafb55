package io.hayloft.engine.model;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.testing.GgufBuilder;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The recurrent layers of a folder as llama.cpp's converter writes them. */
final class HybridAsGguf {
    private static final int INT32 = 5;
    private static final int BOOL = 7;
    private static final int ARRAY = 9;
    private static final Pattern OF_MIXER =
            Pattern.compile(".*layers\\.(\\d+)\\.(?:mamba|conv|mixer|linear_attn)\\.(.*)");

    private static final Map<String, String> MAMBA = Map.of(
            "in_proj.weight", "ssm_in.weight",
            "conv1d.weight", "ssm_conv1d.weight",
            "conv1d.bias", "ssm_conv1d.bias",
            "dt_bias", "ssm_dt.bias",
            "A_log", "ssm_a",
            "D", "ssm_d",
            "norm.weight", "ssm_norm.weight",
            "in_proj_qkvz.weight", "ssm_in.weight",
            "in_proj_ba.weight", "ssm_ba.weight",
            "out_proj.weight", "ssm_out.weight");

    private static final Map<String, String> CONVOLUTION = Map.of(
            "in_proj.weight", "shortconv.in_proj.weight",
            "conv.weight", "shortconv.conv.weight",
            "out_proj.weight", "shortconv.out_proj.weight");

    private final GgufBuilder gguf;
    private final JsonNode config;
    private final String prefix;

    HybridAsGguf(GgufBuilder gguf, JsonNode config, String architecture) {
        this.gguf = gguf;
        this.config = config;
        this.prefix = architecture + ".";
    }

    private boolean isConvolution() {
        return config.hasNonNull("conv_L_cache");
    }

    /** Whether some layers are recurrent. */
    boolean isHybrid() {
        return isConvolution() || config.hasNonNull("mamba_n_heads") || isDelta() || hasOnePartALayer();
    }

    private boolean isDelta() {
        return config.hasNonNull("linear_num_key_heads");
    }

    /** Whether the lists of layers say how many there are and how wide their parts. */
    boolean saysLayers() {
        return hasOnePartALayer();
    }

    /** The width of the feed-forward part of LFM2: two thirds, rounded up. */
    int width(int stated) {
        if (!isConvolution()) {
            return stated;
        }
        int multiple = config.get("block_multiple_of").asInt();
        return Math.ceilDiv(2 * stated / 3, multiple) * multiple;
    }

    /** The keys of mixers, and the KV heads of each layer. */
    void keys(int kvHeads) {
        if (!isHybrid()) {
            return;
        }
        if (isDelta()) {
            keysOfDelta(kvHeads);
            return;
        }
        if (hasOnePartALayer()) {
            keysOfNemotron(kvHeads);
            return;
        }
        list("attention.head_count_kv", config.get("layer_types"), "full_attention", kvHeads);
        if (isConvolution()) {
            gguf.whole(prefix + "shortconv.l_cache", config.get("conv_L_cache").asInt());
            return;
        }
        int heads = config.get("mamba_n_heads").asInt();
        gguf.whole(prefix + "ssm.inner_size", heads * config.get("mamba_d_head").asInt())
                .whole(prefix + "ssm.state_size", config.get("mamba_d_state").asInt())
                .whole(prefix + "ssm.conv_kernel", config.get("mamba_d_conv").asInt())
                .whole(prefix + "ssm.group_count", config.get("mamba_n_groups").asInt())
                .whole(prefix + "ssm.time_step_rank", heads);
        boolean rotates =
                config.path("position_embedding_type").asString("rope").equals("rope");
        gguf.raw(prefix + "rope.scaling.finetuned", BOOL, new byte[] {(byte) (rotates ? 1 : 0)});
    }

    /** A list with a value for the layers of a type, and 0 for the others. */
    private void list(String key, JsonNode types, String type, int value) {
        var counts = new Number[types.size() + 2];
        counts[0] = INT32;
        counts[1] = (long) types.size();
        for (int i = 0; i < types.size(); i++) {
            counts[i + 2] = types.get(i).asString().equals(type) ? value : 0;
        }
        gguf.raw(prefix + key, ARRAY, GgufBuilder.littleEndian(counts));
    }

    private boolean hasOnePartALayer() {
        return config.hasNonNull("mamba_num_heads");
    }

    private void keysOfNemotron(int kvHeads) {
        var types = config.get("layers_block_type");
        list("attention.head_count_kv", types, "full_attention", kvHeads);
        list(
                "feed_forward_length",
                types,
                "mlp",
                config.get("intermediate_size").asInt());
        int heads = config.get("mamba_num_heads").asInt();
        gguf.whole(prefix + "block_count", types.size())
                .whole(
                        prefix + "ssm.inner_size",
                        heads * config.get("mamba_head_dim").asInt())
                .whole(prefix + "ssm.state_size", config.get("ssm_state_size").asInt())
                .whole(prefix + "ssm.conv_kernel", config.get("conv_kernel").asInt())
                .whole(prefix + "ssm.group_count", config.get("n_groups").asInt())
                .whole(prefix + "ssm.time_step_rank", heads);
    }

    private void keysOfDelta(int kvHeads) {
        int heads = config.get("linear_num_value_heads").asInt();
        gguf.whole(prefix + "attention.head_count_kv", kvHeads)
                .whole(
                        prefix + "ssm.inner_size",
                        heads * config.get("linear_value_head_dim").asInt())
                .whole(
                        prefix + "ssm.state_size",
                        config.get("linear_key_head_dim").asInt())
                .whole(
                        prefix + "ssm.conv_kernel",
                        config.get("linear_conv_kernel_dim").asInt())
                .whole(
                        prefix + "ssm.group_count",
                        config.get("linear_num_key_heads").asInt())
                .whole(prefix + "ssm.time_step_rank", heads);
    }

    /** Whether a tensor belongs to a mixer, and so is taken. */
    boolean takes(Tensor tensor) {
        var matcher = OF_MIXER.matcher(tensor.name());
        if (!matcher.matches()) {
            return false;
        }
        var name = (isConvolution() ? CONVOLUTION : MAMBA).get(matcher.group(2));
        if (name == null) {
            return false;
        }
        var values = tensor.toFloats();
        var shape = tensor.shape();
        switch (name) {
            case "ssm_a" -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) -Math.exp(values[i]);
                }
                shape = isDelta() ? shape : new long[] {shape[0], 1};
            }
            case "ssm_d" -> shape = new long[] {shape[0], 1};
            case "ssm_norm.weight" -> {
                int groups = config.path("mamba_n_groups")
                        .asInt(config.path("n_groups").asInt(0));
                shape = groups == 0 ? shape : new long[] {groups, shape[0] / groups};
            }
            case "ssm_conv1d.weight", "shortconv.conv.weight" -> shape = new long[] {shape[0], shape[2]};
            default -> {
                // as it is
            }
        }
        gguf.tensor("blk." + matcher.group(1) + "." + name, values, shape);
        return true;
    }
}

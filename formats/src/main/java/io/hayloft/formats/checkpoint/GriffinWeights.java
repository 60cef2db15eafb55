package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.WeightRows;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The weights of RecurrentGemma, which has biases nearly everywhere. */
final class GriffinWeights implements WeightSource {
    private static final List<Role> BIASES = List.of(
            Role.ATTENTION_OUTPUT_BIAS,
            Role.GATE_BIAS,
            Role.UP_BIAS,
            Role.DOWN_BIAS,
            Role.SSM_CONVOLUTION_BIAS,
            Role.GRIFFIN_INPUT_BIAS,
            Role.GRIFFIN_BRANCH_BIAS,
            Role.GRIFFIN_OUT_BIAS);

    private final DecoderConfig config;
    private final TensorNames names = names();
    private final NamedWeights usual;

    GriffinWeights(FamilyWeights.File file, DecoderConfig config, TensorLayout layout) {
        this.config = config;
        var tensors = new NamedWeights.Tensors(file.tensors(), file.unread(), biases(config, names));
        this.usual = new NamedWeights(file.source(), config, tensors, names, layout);
    }

    private static Set<String> biases(DecoderConfig config, TensorNames names) {
        var used = new HashSet<String>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (var role : BIASES) {
                used.add(names.of(role, layer));
            }
        }
        return used;
    }

    private static TensorNames names() {
        var layer = "model.layers.#.";
        var mixer = layer + "temporal_block.";
        var inner = layer + "mlp_block.";
        return TensorNames.of("model.layers.")
                .put(Role.EMBEDDING, "model.embed_tokens.weight")
                .put(Role.OUTPUT, "lm_head.weight")
                .put(Role.FINAL_NORM, "model.final_norm.weight")
                .put(Role.ATTENTION_NORM, layer + "temporal_pre_norm.weight")
                .put(Role.QUERY, mixer + "q_proj.weight")
                .put(Role.KEY, mixer + "k_proj.weight")
                .put(Role.VALUE, mixer + "v_proj.weight")
                .put(Role.ATTENTION_OUTPUT, mixer + "o_proj.weight")
                .put(Role.ATTENTION_OUTPUT_BIAS, mixer + "o_proj.bias")
                .put(Role.GRIFFIN_INPUT, mixer + "linear_x.weight")
                .put(Role.GRIFFIN_INPUT_BIAS, mixer + "linear_x.bias")
                .put(Role.GRIFFIN_BRANCH, mixer + "linear_y.weight")
                .put(Role.GRIFFIN_BRANCH_BIAS, mixer + "linear_y.bias")
                .put(Role.GRIFFIN_OUT, mixer + "linear_out.weight")
                .put(Role.GRIFFIN_OUT_BIAS, mixer + "linear_out.bias")
                .put(Role.SSM_CONVOLUTION, mixer + "conv_1d.weight")
                .put(Role.SSM_CONVOLUTION_BIAS, mixer + "conv_1d.bias")
                .put(Role.GRIFFIN_INPUT_GATE, mixer + "rg_lru.input_gate_weight")
                .put(Role.GRIFFIN_INPUT_GATE_BIAS, mixer + "rg_lru.input_gate_bias")
                .put(Role.GRIFFIN_DECAY_GATE, mixer + "rg_lru.recurrent_gate_weight")
                .put(Role.GRIFFIN_DECAY_GATE_BIAS, mixer + "rg_lru.recurrent_gate_bias")
                .put(Role.GRIFFIN_DECAY, mixer + "rg_lru.recurrent_param")
                .put(Role.FEED_FORWARD_NORM, layer + "channel_pre_norm.weight")
                .put(Role.GATE, inner + "gate_proj.weight")
                .put(Role.UP, inner + "up_proj.weight")
                .put(Role.DOWN, inner + "down_proj.weight")
                .put(Role.GATE_BIAS, inner + "gate_proj.bias")
                .put(Role.UP_BIAS, inner + "up_proj.bias")
                .put(Role.DOWN_BIAS, inner + "down_proj.bias");
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        return switch (role) {
            // Part of every model: a missing one is an error, not a layer without it.
            case ATTENTION_OUTPUT_BIAS, DOWN_BIAS -> Optional.of(vector(role, layer, config.hidden()));
            case GATE_BIAS, UP_BIAS ->
                Optional.of(vector(role, layer, config.feedForward(layer).width()));
            default ->
                role.global() || !(config.stack().get(layer).mixer() instanceof GriffinConfig mixer)
                        ? usual.find(role, layer)
                        : find(role, layer, mixer);
        };
    }

    private Optional<WeightRows> find(Role role, int layer, GriffinConfig mixer) {
        int channels = mixer.channels();
        int size = channels / mixer.blocks();
        return switch (role) {
            case GRIFFIN_INPUT, GRIFFIN_BRANCH -> tensor(role, layer, channels, config.hidden());
            case GRIFFIN_OUT -> tensor(role, layer, config.hidden(), channels);
            case GRIFFIN_OUT_BIAS -> tensor(role, layer, config.hidden());
            case GRIFFIN_INPUT_BIAS, GRIFFIN_BRANCH_BIAS, GRIFFIN_DECAY, SSM_CONVOLUTION_BIAS ->
                tensor(role, layer, channels);
            case SSM_CONVOLUTION -> tensor(role, layer, channels, 1, mixer.convolution());
            case GRIFFIN_INPUT_GATE, GRIFFIN_DECAY_GATE -> tensor(role, layer, mixer.blocks(), size, size);
            case GRIFFIN_INPUT_GATE_BIAS, GRIFFIN_DECAY_GATE_BIAS -> tensor(role, layer, mixer.blocks(), size);
            default -> usual.find(role, layer);
        };
    }

    private WeightRows vector(Role role, int layer, int elements) {
        return tensor(role, layer, elements).orElseThrow(() -> missing(role, layer));
    }

    private Optional<WeightRows> tensor(Role role, int layer, long... shape) {
        return usual.tensor(names.of(role, layer), shape).map(WeightRows::all);
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> missing(role, layer));
    }

    private RuntimeException missing(Role role, int layer) {
        boolean tied = role == Role.OUTPUT && config.tokens().tiedOutput();
        return usual.error("tensor '" + names.of(tied ? Role.EMBEDDING : role, layer) + "' is missing");
    }
}

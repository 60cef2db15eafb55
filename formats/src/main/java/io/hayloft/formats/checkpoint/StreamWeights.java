package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.WeightRows;
import java.util.Optional;

/** The weights of residual streams, and of what tokens put into layers, from either form of file; all others as {@link NamedWeights} has them. */
final class StreamWeights implements WeightSource {
    private final boolean gguf;
    private final DecoderConfig config;
    private final StreamsConfig streams;
    private final TensorNames names;
    private final NamedWeights usual;

    /**
     * @param gguf whether matrices of other streams lie in one tensor
     * @param usual finds tensors
     */
    StreamWeights(boolean gguf, DecoderConfig config, StreamsConfig streams, TensorNames names, NamedWeights usual) {
        this.gguf = gguf;
        this.config = config;
        this.streams = streams;
        this.names = names;
        this.usual = usual;
    }

    /** The names in Hugging Face checkpoints. */
    static TensorNames huggingFaceNames(TensorNames usual, String model) {
        var layer = model + "layers.#.";
        return usual.put(Role.STREAM_IN, model + "altup_projections.@.weight")
                .put(Role.STREAM_OUT, model + "altup_unembed_projections.@.weight")
                .put(Role.TOKEN_EMBEDDING, model + "embed_tokens_per_layer.weight")
                .put(Role.TOKEN_PROJECTION, model + "per_layer_model_projection.weight")
                .put(Role.TOKEN_PROJECTION_NORM, model + "per_layer_projection_norm.weight")
                .put(Role.STREAM_ROUTER, layer + "altup.modality_router.weight")
                .put(Role.STREAM_ROUTER_NORM, layer + "altup.router_norm.weight")
                .put(Role.STREAM_PREDICTION, layer + "altup.prediction_coefs.weight")
                .put(Role.STREAM_CORRECTION, layer + "altup.correction_coefs.weight")
                .put(Role.STREAM_SCALE, layer + "altup.correct_output_scale")
                .put(Role.TOKEN_GATE, layer + "per_layer_input_gate.weight")
                .put(Role.TOKEN_OUT, layer + "per_layer_projection.weight")
                .put(Role.TOKEN_NORM, layer + "post_per_layer_input_norm.weight")
                .put(Role.BRANCH_DOWN, layer + "laurel.linear_left.weight")
                .put(Role.BRANCH_UP, layer + "laurel.linear_right.weight")
                .put(Role.BRANCH_NORM, layer + "laurel.post_laurel_norm.weight");
    }

    /** The names in GGUF files. */
    static TensorNames ggufNames(TensorNames usual) {
        return usual.put(Role.STREAM_IN, "altup_proj.weight")
                .put(Role.STREAM_OUT, "altup_unembd_proj.weight")
                .put(Role.TOKEN_EMBEDDING, "per_layer_token_embd.weight")
                .put(Role.TOKEN_PROJECTION, "per_layer_model_proj.weight")
                .put(Role.TOKEN_PROJECTION_NORM, "per_layer_proj_norm.weight")
                .put(Role.STREAM_ROUTER, "blk.#.altup_router.weight")
                .put(Role.STREAM_ROUTER_NORM, "blk.#.altup_router_norm.weight")
                .put(Role.STREAM_PREDICTION, "blk.#.altup_predict_coef.weight")
                .put(Role.STREAM_CORRECTION, "blk.#.altup_correct_coef.weight")
                .put(Role.STREAM_SCALE, "blk.#.altup_correct_scale.weight")
                .put(Role.TOKEN_GATE, "blk.#.inp_gate.weight")
                .put(Role.TOKEN_OUT, "blk.#.proj.weight")
                .put(Role.TOKEN_NORM, "blk.#.post_norm.weight")
                .put(Role.BRANCH_DOWN, "blk.#.laurel_l.weight")
                .put(Role.BRANCH_UP, "blk.#.laurel_r.weight")
                .put(Role.BRANCH_NORM, "blk.#.laurel_post_norm.weight");
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        long hidden = config.hidden();
        long width = streams.tokenWidth();
        long all = width * config.layers();
        long count = streams.streams();
        return switch (role) {
            case KEY, VALUE, KEY_NORM -> config.attention(layer).keepsKv() ? usual.find(role, layer) : Optional.empty();
            case STREAM_IN, STREAM_OUT -> Optional.empty(); // in parts only
            case TOKEN_EMBEDDING -> tensor(role, layer, streams.tokenVocabulary(), all);
            case TOKEN_PROJECTION -> tensor(role, layer, all, hidden);
            case TOKEN_PROJECTION_NORM -> tensor(role, layer, width);
            case STREAM_ROUTER -> tensor(role, layer, count, hidden);
            case STREAM_PREDICTION -> tensor(role, layer, count * count, count);
            case STREAM_CORRECTION -> tensor(role, layer, count, count);
            case TOKEN_GATE -> tensor(role, layer, width, hidden);
            case TOKEN_OUT -> tensor(role, layer, hidden, width);
            case BRANCH_DOWN -> tensor(role, layer, streams.branchRank(), hidden);
            case BRANCH_UP -> tensor(role, layer, hidden, streams.branchRank());
            case STREAM_ROUTER_NORM, STREAM_SCALE, TOKEN_NORM, BRANCH_NORM -> tensor(role, layer, hidden);
            default -> usual.find(role, layer);
        };
    }

    private Optional<WeightRows> tensor(Role role, int layer, long... shape) {
        return usual.tensor(names.of(role, layer), shape).map(WeightRows::all);
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> usual.missing(names.of(role, layer)));
    }

    @Override
    public WeightRows part(Role role, int layer, int number) {
        if (role != Role.STREAM_IN && role != Role.STREAM_OUT) {
            throw new IllegalArgumentException("there is one " + role.label() + " only");
        }
        int hidden = config.hidden();
        var name = names.of(role, layer).replace(TensorNames.HEAD, Integer.toString(number));
        var tensor =
                gguf ? usual.tensor(name, streams.streams() - 1L, hidden, hidden) : usual.tensor(name, hidden, hidden);
        int first = gguf ? Math.multiplyExact(number, hidden) : 0;
        return new WeightRows(tensor.orElseThrow(() -> usual.missing(name)), first, hidden, null);
    }
}

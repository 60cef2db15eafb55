package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormKind;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.WeightRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The weights of a file, found by name, checked against the config, with fused tensors split. */
final class NamedWeights implements WeightSource {
    private static final int LONGEST_BIAS = 1 << 24;

    private final String source;
    private final DecoderConfig config;
    private final Tensors tensors;
    private final TensorNames names;
    private final TensorLayout layout;

    /**
     * The tensors of a file by name.
     *
     * @param unread types of the tensors that no weight can be
     * @param ownBiases names of biases that the weights of a family read themselves
     */
    record Tensors(Map<String, Tensor> weights, Map<String, String> unread, Set<String> ownBiases) {
        /** Without weights of a family of its own. */
        Tensors(Map<String, Tensor> weights, Map<String, String> unread) {
            this(weights, unread, Set.of());
        }
    }

    /**
     * Where a weight lies: rows of a matrix, or elements of a vector.
     *
     * @param tensor the name of its tensor
     * @param all rows of the tensor, of which others may belong to other weights
     * @param first row at which those of the weight begin
     * @param order order of the rows from there on; null if it is the file's
     */
    private record Place(String tensor, int all, int first, int @Nullable [] order) {}

    /**
     * @throws UserError if the file has biases that no layer uses
     */
    NamedWeights(String source, DecoderConfig config, Tensors tensors, TensorNames names, TensorLayout layout) {
        this.source = source;
        this.config = config;
        this.tensors = tensors;
        this.names = names;
        this.layout = layout;
        checkBiases();
    }

    /** A bias that the forward pass would leave out silently is an error, unless it is zero. */
    private void checkBiases() {
        var used = new HashSet<>(tensors.ownBiases);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (var role : Role.values()) {
                if (role.bias() && !role.global() && uses(role, layer)) {
                    used.add(place(role, layer).tensor);
                }
            }
        }
        var all = new ArrayList<>(tensors.weights.keySet());
        all.removeIf(name -> !name.startsWith(names.layers()) || !name.endsWith(".bias") || names.isMask(name));
        for (var role : new Role[] {Role.OUTPUT_BIAS, Role.FINAL_NORM_BIAS}) {
            all.add(names.of(role, -1));
            if (uses(role, -1)) {
                used.add(names.of(role, -1));
            }
        }
        for (var name : all) {
            var bias = tensors.weights.get(name);
            if (bias != null && !used.contains(name) && !isZero(bias)) {
                throw error("tensor '" + name + "' is not supported: no part of this " + config.architecture()
                        + " model has such a bias by its config");
            }
        }
    }

    private static boolean isZero(Tensor tensor) {
        if (tensor.elements() > LONGEST_BIAS) {
            return false;
        }
        for (float value : tensor.toFloats()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the forward pass adds a bias. */
    private boolean uses(Role bias, int layer) {
        boolean normBiases = config.norms().kind() == NormKind.LAYER;
        var placement = config.norms().placement();
        return switch (bias) {
            case OUTPUT_BIAS -> config.tokens().output().bias();
            case FINAL_NORM_BIAS -> normBiases;
            case ATTENTION_NORM_BIAS -> normBiases && placement.before();
            case FEED_FORWARD_NORM_BIAS -> normBiases && placement.before() && placement != NormPlacement.PARALLEL;
            case QUERY_BIAS, KEY_BIAS, VALUE_BIAS ->
                config.findAttention(layer).map(AttentionConfig::biases).orElse(false);
            case ATTENTION_OUTPUT_BIAS ->
                config.findAttention(layer).map(AttentionConfig::outputBias).orElse(false);
            case GATE_BIAS ->
                config.findDense(layer)
                        .map(part -> part.biases() && part.gated())
                        .orElse(false);
            case UP_BIAS, DOWN_BIAS ->
                config.findDense(layer).map(FeedForward::biases).orElse(false);
            default -> false;
        };
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        if (role == Role.OUTPUT && config.tokens().tiedOutput()) {
            return find(Role.EMBEDDING, layer);
        }
        if (role == Role.ATTENTION_GATE && !config.attention(layer).additions().outputGate()) {
            return Optional.empty();
        }
        var place = place(role, layer);
        return switch (role) {
            case EMBEDDING, OUTPUT, POSITION_EMBEDDING ->
                tensor(place.tensor, place.all, config.hidden()).map(WeightRows::all);
            case QUERY, KEY, VALUE, ATTENTION_GATE, ATTENTION_OUTPUT, GATE, UP, DOWN -> matrix(role, layer, place);
            case QUERY_NORM, KEY_NORM -> headNorm(role, layer, place);
            default -> tensor(place.tensor, place.all).map(tensor -> vector(tensor, place, outputs(role, layer)));
        };
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> {
            var missing = role == Role.OUTPUT && config.tokens().tiedOutput() ? Role.EMBEDDING : role;
            return missing(place(missing, layer).tensor);
        });
    }

    private Place place(Role role, int layer) {
        int rows = outputs(role, layer);
        return switch (role) {
            case QUERY, KEY, VALUE, QUERY_BIAS, KEY_BIAS, VALUE_BIAS ->
                placeInAttention(role, layer, config.attention(layer));
            case ATTENTION_GATE -> besideQueries(layer, 1);
            case QUERY_NORM, KEY_NORM ->
                new Place(names.of(role, layer), rows, 0, layout.order(role, config.attention(layer)));
            case GATE, UP, GATE_BIAS, UP_BIAS -> {
                boolean second = role == Role.UP || role == Role.UP_BIAS;
                yield layout.fusedFeedForward()
                        ? new Place(names.fusedFeedForward(role, layer), 2 * rows, second ? rows : 0, null)
                        : new Place(names.of(role, layer), rows, 0, null);
            }
            default -> new Place(names.of(role, layer), rows, 0, null);
        };
    }

    /** Head by head, the rows of its query and those of its gate. */
    private Place besideQueries(int layer, int part) {
        var attention = config.attention(layer);
        int headDim = attention.headDim();
        var order = new int[attention.queryWidth()];
        for (int i = 0; i < order.length; i++) {
            order[i] = (2 * (i / headDim) + part) * headDim + i % headDim;
        }
        return new Place(names.of(Role.QUERY, layer), 2 * order.length, 0, order);
    }

    private Place placeInAttention(Role role, int layer, AttentionConfig attention) {
        if (role == Role.QUERY && attention.additions().outputGate()) {
            return besideQueries(layer, 0);
        }
        var order = layout.order(role, attention);
        int all = attention.queryWidth() + 2 * attention.kvWidth();
        return switch (layout.attention()) {
            case NO -> new Place(names.of(role, layer), outputs(role, layer), 0, order);
            case BELOW_EACH_OTHER ->
                new Place(names.fusedAttention(role, layer), all, TensorLayout.first(role, attention), order);
            case BY_KV_HEAD -> {
                var rows = TensorLayout.rowsByKvHead(role, attention, order);
                yield new Place(names.fusedAttention(role, layer), all, 0, rows);
            }
        };
    }

    private Optional<WeightRows> matrix(Role role, int layer, Place place) {
        int rows = outputs(role, layer);
        if (!layout.transposed()) {
            return tensor(place.tensor, place.all, inputs(role, layer))
                    .map(tensor -> new WeightRows(tensor, place.first, rows, place.order));
        }
        return tensor(place.tensor, inputs(role, layer), place.all).map(tensor -> {
            if (tensor.type().isQuantised()) {
                throw error("tensor '" + place.tensor + "' is transposed and of type " + tensor.type()
                        + ", which is not supported");
            }
            return new WeightRows(TensorLayout.transposed(tensor, place.first, rows), 0, rows, place.order);
        });
    }

    /** Weights for the norms of heads: a vector, rows of a matrix, or a tensor for each head. */
    private Optional<WeightRows> headNorm(Role role, int layer, Place place) {
        var attention = config.attention(layer);
        int elements = outputs(role, layer);
        int heads = role == Role.QUERY_NORM ? attention.queryHeads() : attention.kvHeads();
        if (attention.headNorm() != AttentionConfig.HeadNorm.OWN) {
            return tensor(place.tensor, elements).map(tensor -> vector(tensor, place, elements));
        }
        if (!names.isByHead(role)) {
            return tensor(place.tensor, heads, attention.headDim()).map(tensor -> vector(tensor, place, elements));
        }
        var all = new float[elements];
        for (int head = 0; head < heads; head++) {
            var name = names.ofHead(role, layer, head);
            var own = tensor(name, attention.headDim()).orElseThrow(() -> error("tensor '" + name + "' is missing"));
            own.readRow(0, all, head * attention.headDim());
        }
        return Optional.of(WeightRows.all(TensorLayout.vector(place.tensor, all)));
    }

    private static WeightRows vector(Tensor tensor, Place place, int elements) {
        boolean asStored = place.order == null && place.all == elements && tensor.shape().length == 1;
        return WeightRows.all(asStored ? tensor : TensorLayout.selected(tensor, place.first, elements, place.order));
    }

    /**
     * The tensor of this name; empty if there is none.
     *
     * @throws UserError if it is of a type that no weight can be, or of another shape
     */
    Optional<Tensor> tensor(String name, long... shape) {
        var tensor = tensors.weights.get(name);
        var type = tensors.unread.get(name);
        if (type != null) {
            throw error("tensor '" + name + "' is of type " + type + ", which is not supported for weights");
        }
        if (tensor != null && !Arrays.equals(tensor.shape(), shape)) {
            throw error("tensor '" + name + "' has shape " + Arrays.toString(tensor.shape()) + ", expected "
                    + Arrays.toString(shape) + " from the config");
        }
        return Optional.ofNullable(tensor);
    }

    /** The tensor of this name, of either shape. */
    Optional<Tensor> tensorOf(String name, long[] shape, long[] other) {
        var tensor = tensors.weights.get(name);
        boolean likeOther = tensor != null && Arrays.equals(tensor.shape(), other);
        return tensor(name, likeOther ? other : shape);
    }

    /** Says that a tensor is missing. */
    UserError missing(String name) {
        return error("tensor '" + name + "' is missing");
    }

    /** Rows of a matrix, elements of a vector. */
    private int outputs(Role role, int layer) {
        return switch (role) {
            case EMBEDDING, OUTPUT, OUTPUT_BIAS -> config.vocabulary();
            case POSITION_EMBEDDING -> config.tokens().positions();
            case QUERY, QUERY_BIAS, ATTENTION_GATE -> config.attention(layer).queryWidth();
            case KEY, VALUE, KEY_BIAS, VALUE_BIAS -> config.attention(layer).kvWidth();
            case QUERY_NORM, KEY_NORM -> {
                var attention = config.attention(layer);
                int width = role == Role.QUERY_NORM ? attention.queryWidth() : attention.kvWidth();
                yield switch (attention.headNorm()) {
                    case NONE, SHARED -> attention.headDim();
                    case OWN, TOGETHER -> width;
                };
            }
            case GATE, UP, GATE_BIAS, UP_BIAS -> config.innerWidth(layer);
            default -> config.hidden();
        };
    }

    /** Columns of a matrix. */
    private int inputs(Role role, int layer) {
        return switch (role) {
            case ATTENTION_OUTPUT -> config.attention(layer).resultWidth();
            case DOWN -> config.innerWidth(layer);
            case QUERY, KEY, VALUE ->
                config.stack().get(layer).mixer() instanceof SharedBlockConfig ? 2 * config.hidden() : config.hidden();
            default -> config.hidden();
        };
    }

    /** An error that names the file. */
    UserError error(String message) {
        return FileError.of(source, message);
    }
}

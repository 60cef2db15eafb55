package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The weights of a file, found by name, checked against the config, with fused tensors split. */
final class NamedWeights implements WeightSource {
    private final String source;
    private final DecoderConfig config;
    private final Tensors tensors;
    private final TensorNames names;
    private final boolean fused;
    private final @Nullable RowPermutation permutation;

    /**
     * The tensors of a file by name.
     *
     * @param unread types of the tensors that no weight can be
     */
    record Tensors(Map<String, Tensor> weights, Map<String, String> unread) {}

    /**
     * @param fused whether queries, keys and values share a tensor, and gate and up another
     * @param permutation order of the query and key rows of a head; null if they lie as the model has them
     * @throws UserError if the file has biases that no supported layer uses
     */
    NamedWeights(
            String source,
            DecoderConfig config,
            Tensors tensors,
            TensorNames names,
            boolean fused,
            @Nullable RowPermutation permutation) {
        this.source = source;
        this.config = config;
        this.tensors = tensors;
        this.names = names;
        this.fused = fused;
        this.permutation = permutation;
        checkBiases();
    }

    /** A bias that the forward pass would leave out silently is an error. */
    private void checkBiases() {
        var used = new HashSet<String>();
        for (int layer = 0; layer < config.layers(); layer++) {
            if (config.attention(layer).biases()) {
                used.add(names.of(Role.QUERY_BIAS, layer));
                used.add(names.of(Role.KEY_BIAS, layer));
                used.add(names.of(Role.VALUE_BIAS, layer));
            }
        }
        for (var name : tensors.weights.keySet()) {
            boolean unused = name.startsWith(names.layers()) && name.endsWith(".bias") && !used.contains(name);
            if (unused && !isZero(tensors.weights.get(name))) {
                throw error("tensor '" + name + "' is not supported: " + config.architecture()
                        + " models may only have biases on queries, keys and values");
            }
        }
    }

    /** Programs that quantise write such biases for every matrix. */
    private static boolean isZero(@Nullable Tensor bias) {
        for (float value : bias == null ? new float[0] : bias.toFloats()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        if (role == Role.OUTPUT && config.tokens().tiedOutput()) {
            return find(Role.EMBEDDING, layer);
        }
        return switch (role) {
            case QUERY, KEY, VALUE -> fused ? partOfAttention(role, layer) : matrix(role, layer);
            case GATE, UP -> fused ? partOfFeedForward(role, layer) : matrix(role, layer);
            case EMBEDDING, OUTPUT, ATTENTION_OUTPUT, DOWN -> matrix(role, layer);
            default -> vector(role, layer);
        };
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> error("tensor '" + nameOf(role, layer) + "' is missing"));
    }

    private String nameOf(Role role, int layer) {
        return switch (role) {
            case QUERY, KEY, VALUE -> fused ? names.fusedAttention(layer) : names.of(role, layer);
            case GATE, UP -> fused ? names.fusedFeedForward(layer) : names.of(role, layer);
            case OUTPUT -> names.of(config.tokens().tiedOutput() ? Role.EMBEDDING : role, layer);
            default -> names.of(role, layer);
        };
    }

    private Optional<WeightRows> matrix(Role role, int layer) {
        int rows = outputs(role, layer);
        return tensor(names.of(role, layer), rows, inputs(role, layer))
                .map(tensor -> new WeightRows(tensor, 0, rows, order(role, layer)));
    }

    private int @Nullable [] order(Role role, int layer) {
        if (permutation == null) {
            return null;
        }
        return switch (role) {
            case QUERY, QUERY_BIAS -> permutation.order(config.attention(layer).queryHeads());
            case KEY, KEY_BIAS -> permutation.order(config.attention(layer).kvHeads());
            default -> null;
        };
    }

    private Optional<WeightRows> vector(Role role, int layer) {
        return tensor(names.of(role, layer), outputs(role, layer)).map(tensor -> {
            var order = order(role, layer);
            return WeightRows.all(order == null ? tensor : reordered(tensor, order));
        });
    }

    /** A bias whose elements, not rows, are permuted: copied, as it is small. */
    private static Tensor reordered(Tensor bias, int[] order) {
        var values = bias.toFloats();
        var sorted = new float[values.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = values[order[i]];
        }
        return new Tensor(bias.name(), TensorType.F32, bias.shape(), MemorySegment.ofArray(sorted));
    }

    private Optional<WeightRows> partOfAttention(Role role, int layer) {
        int queries = outputs(Role.QUERY, layer);
        int keys = outputs(Role.KEY, layer);
        int first = role == Role.QUERY ? 0 : role == Role.KEY ? queries : queries + keys;
        return tensor(names.fusedAttention(layer), queries + 2L * keys, config.hidden())
                .map(tensor -> new WeightRows(tensor, first, outputs(role, layer), null));
    }

    private Optional<WeightRows> partOfFeedForward(Role role, int layer) {
        int rows = outputs(role, layer);
        return tensor(names.fusedFeedForward(layer), 2L * rows, config.hidden())
                .map(tensor -> new WeightRows(tensor, role == Role.GATE ? 0 : rows, rows, null));
    }

    private Optional<Tensor> tensor(String name, long... shape) {
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

    /** Rows of a matrix, elements of a vector. */
    private int outputs(Role role, int layer) {
        return switch (role) {
            case EMBEDDING, OUTPUT -> config.vocabulary();
            case QUERY, QUERY_BIAS -> config.attention(layer).queryWidth();
            case KEY, VALUE, KEY_BIAS, VALUE_BIAS -> config.attention(layer).kvWidth();
            case QUERY_NORM, KEY_NORM -> config.attention(layer).headDim();
            case GATE, UP -> config.feedForward(layer).width();
            default -> config.hidden();
        };
    }

    /** Columns of a matrix. */
    private int inputs(Role role, int layer) {
        return switch (role) {
            case ATTENTION_OUTPUT -> config.attention(layer).queryWidth();
            case DOWN -> config.feedForward(layer).width();
            default -> config.hidden();
        };
    }

    private UserError error(String message) {
        return FileError.of(source, message);
    }
}

package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.WeightRows;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The weights of experts, of their routers, and of sinks, from either form of file; all others as {@link NamedWeights} has them. */
final class ExpertWeights implements WeightSource {
    private final DecoderConfig config;
    private final TensorNames names;
    private final Form form;
    private final NamedWeights usual;

    /** How the matrices of the experts of a layer lie in tensors. */
    enum Form {
        /** Each in a tensor of its own, rows being outputs. */
        OWN,
        /** Those of a role in one tensor, expert by expert, rows being outputs. */
        STACKED,
        /** As {@link #STACKED}, the rows of an expert's gate above those of what goes up. */
        STACKED_GATE_FIRST,
        /** Those of a role in one tensor, expert by expert, columns being outputs; those of gate and up alternate (gpt-oss). */
        TRANSPOSED_ALTERNATING,
        /** As {@link #STACKED}, the rows of gate and up alternating (gpt-oss in MXFP4). */
        STACKED_ALTERNATING;

        static Form of(Architecture architecture, FamilyWeights.File file) {
            if (file.gguf()) { // the first files with experts have a tensor for each
                return file.tensors().containsKey("blk.0.ffn_up.0.weight") ? OWN : STACKED;
            }
            return switch (architecture) {
                case GPT_OSS -> isQuantised(file) ? STACKED_ALTERNATING : TRANSPOSED_ALTERNATING;
                case GRANITEMOEHYBRID -> STACKED_GATE_FIRST;
                default -> OWN;
            };
        }
    }

    private static boolean isQuantised(FamilyWeights.File file) {
        return file.tensors().entrySet().stream()
                .anyMatch(named -> named.getKey().endsWith(".experts.gate_up_proj")
                        && named.getValue().type().isQuantised());
    }

    ExpertWeights(DecoderConfig config, TensorNames names, Form form, NamedWeights usual) {
        this.config = config;
        this.names = names;
        this.form = form;
        this.usual = usual;
    }

    /** The names of the biases that these weights read. */
    static Set<String> biases(DecoderConfig config, TensorNames names) {
        var biases = new HashSet<String>();
        for (int layer = 0; layer < config.layers(); layer++) {
            if (config.feedForward(layer) instanceof ExpertsConfig experts) {
                if (experts.router().bias()) {
                    biases.add(names.of(Role.ROUTER_BIAS, layer));
                }
                if (experts.router().corrected()) {
                    biases.add(names.of(Role.ROUTER_CORRECTION, layer));
                }
                if (experts.each().biases()) {
                    biases.add(names.of(Role.EXPERT_GATE_BIAS, layer));
                    biases.add(names.of(Role.EXPERT_UP_BIAS, layer));
                    biases.add(names.of(Role.EXPERT_DOWN_BIAS, layer));
                }
            }
        }
        return biases;
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        return isOf(role, layer) ? named(role, layer) : Optional.empty();
    }

    /** Whether a layer can have a tensor of experts. */
    private boolean isOf(Role role, int layer) {
        return switch (role) {
            case ROUTER, ROUTER_BIAS, ROUTER_CORRECTION -> config.feedForward(layer) instanceof ExpertsConfig;
            case SHARED_GATE, SHARED_UP, SHARED_DOWN, SHARED_ROUTER ->
                config.feedForward(layer) instanceof ExpertsConfig experts && experts.shared() != null;
            default -> true;
        };
    }

    private Optional<WeightRows> named(Role role, int layer) {
        return switch (role) {
            case ATTENTION_SINKS ->
                vector(
                        role,
                        layer,
                        config.findAttention(layer)
                                .map(AttentionConfig::queryHeads)
                                .orElse(0));
            case ROUTER -> matrix(role, layer, experts(layer).experts(), config.hidden());
            case ROUTER_BIAS, ROUTER_CORRECTION ->
                vector(role, layer, experts(layer).experts());
            case SHARED_GATE, SHARED_UP ->
                sharedIn(role, layer, shared(layer).part().width());
            case SHARED_DOWN ->
                matrix(role, layer, config.hidden(), shared(layer).part().width());
            case SHARED_ROUTER ->
                usual.tensorOf(names.of(role, layer), new long[] {1, config.hidden()}, new long[] {config.hidden()})
                        .map(WeightRows::all);
            default -> usual.find(role, layer);
        };
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return switch (role) {
            case ATTENTION_SINKS,
                    ROUTER,
                    ROUTER_BIAS,
                    ROUTER_CORRECTION,
                    SHARED_GATE,
                    SHARED_UP,
                    SHARED_DOWN,
                    SHARED_ROUTER -> find(role, layer).orElseThrow(() -> usual.missing(names.of(role, layer)));
            default -> usual.get(role, layer);
        };
    }

    /** Gate or up rows of the shared part, which lie as those of experts. */
    private Optional<WeightRows> sharedIn(Role role, int layer, int width) {
        if (form != Form.STACKED_GATE_FIRST) {
            return matrix(role, layer, width, config.hidden());
        }
        int first = role == Role.SHARED_UP ? width : 0;
        return usual.tensor(names.of(role, layer), 2L * width, config.hidden())
                .map(tensor -> new WeightRows(tensor, first, width, null));
    }

    private Optional<WeightRows> matrix(Role role, int layer, long rows, long columns) {
        return usual.tensor(names.of(role, layer), rows, columns).map(WeightRows::all);
    }

    private Optional<WeightRows> vector(Role role, int layer, long elements) {
        return usual.tensor(names.of(role, layer), elements).map(WeightRows::all);
    }

    @Override
    public WeightRows part(Role role, int layer, int expert) {
        var experts = experts(layer);
        var place = new Place(role, layer, expert, experts.experts());
        int width = experts.each().width();
        return switch (role) {
            case EXPERT_GATE, EXPERT_UP -> matrix(place, width, config.hidden());
            case EXPERT_DOWN -> matrix(place, config.hidden(), width);
            case EXPERT_GATE_BIAS, EXPERT_UP_BIAS -> bias(place, width);
            case EXPERT_DOWN_BIAS -> bias(place, config.hidden());
            default -> throw new IllegalArgumentException("experts have no " + role.label());
        };
    }

    /**
     * A weight of an expert.
     *
     * @param count experts of the layer
     */
    private record Place(Role role, int layer, int expert, int count) {
        boolean second() {
            return role == Role.EXPERT_UP || role == Role.EXPERT_UP_BIAS;
        }

        boolean down() {
            return role == Role.EXPERT_DOWN || role == Role.EXPERT_DOWN_BIAS;
        }
    }

    private WeightRows matrix(Place place, int rows, int columns) {
        var name = names.of(place.role, place.layer);
        int parts = place.down() ? 1 : 2; // that a tensor has, where gate and up share one
        return switch (form) {
            case OWN -> WeightRows.all(tensor(ofOne(name, place.expert), rows, columns));
            case STACKED -> new WeightRows(tensor(name, place.count, rows, columns), place.expert * rows, rows, null);
            case STACKED_GATE_FIRST -> {
                var tensor = tensor(name, place.count, (long) parts * rows, columns);
                int first = (parts * place.expert + (place.second() ? 1 : 0)) * rows;
                yield new WeightRows(tensor, first, rows, null);
            }
            case STACKED_ALTERNATING -> {
                var tensor = tensor(name, place.count, (long) parts * rows, columns);
                var order = new int[rows];
                Arrays.setAll(order, row -> parts * row + (place.second() ? 1 : 0));
                yield new WeightRows(tensor, place.expert * parts * rows, rows, order);
            }
            case TRANSPOSED_ALTERNATING -> {
                var tensor = tensor(name, place.count, columns, (long) parts * rows);
                var part = new TensorLayout.Columns(place.second() ? 1 : 0, rows, parts);
                yield WeightRows.all(TensorLayout.transposed(tensor, place.expert * columns, columns, part));
            }
        };
    }

    /** The name of one expert's tensor, whose number a name has a place for, or, in GGUF files, stands before the ending. */
    private static String ofOne(String name, int expert) {
        return name.replace("@", Integer.toString(expert)).replace("_exps.", "." + expert + ".");
    }

    /** Elements of the row of an expert, in the tensor of all experts' biases. */
    private WeightRows bias(Place place, int elements) {
        boolean alternating =
                (form == Form.TRANSPOSED_ALTERNATING || form == Form.STACKED_ALTERNATING) && !place.down();
        int parts = alternating ? 2 : 1;
        var tensor = tensor(names.of(place.role, place.layer), place.count, (long) parts * elements);
        var row = new float[parts * elements];
        tensor.readRow(place.expert, row, 0);
        var own = new float[elements];
        for (int i = 0; i < elements; i++) {
            own[i] = row[parts * i + (alternating && place.second() ? 1 : 0)];
        }
        return WeightRows.all(TensorLayout.vector(tensor.name(), own));
    }

    private Tensor tensor(String name, long... shape) {
        return usual.tensor(name, shape).orElseThrow(() -> usual.missing(name));
    }

    private ExpertsConfig experts(int layer) {
        if (config.feedForward(layer) instanceof ExpertsConfig experts) {
            return experts;
        }
        throw new IllegalArgumentException("layer " + layer + " has no experts");
    }

    private ExpertsConfig.Shared shared(int layer) {
        var shared = experts(layer).shared();
        if (shared == null) {
            throw new IllegalArgumentException("the experts of layer " + layer + " share nothing");
        }
        return shared;
    }
}

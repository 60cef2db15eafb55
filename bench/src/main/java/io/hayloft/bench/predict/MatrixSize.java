package io.hayloft.bench.predict;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.formats.config.StreamsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The size of a weight: {@code [rows][columns]}; a vector is one row.
 *
 * @param rows rows; 1 for a vector
 * @param columns columns; elements of a vector
 */
record MatrixSize(int rows, int columns) {
    private static final List<Role> ATTENTION = List.of(Role.QUERY, Role.KEY, Role.VALUE, Role.ATTENTION_OUTPUT);

    /** Matrices of each expert of a mixture. */
    static final List<Role> EXPERT = List.of(Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN);

    /** Matrices that layers with the same shared block have in common. */
    static final List<Role> SHARED =
            List.of(Role.QUERY, Role.KEY, Role.VALUE, Role.ATTENTION_OUTPUT, Role.GATE, Role.UP, Role.DOWN);

    private static final List<Role> BESIDE_SHARED =
            List.of(Role.ADAPTER_DOWN, Role.ADAPTER_GATE, Role.ADAPTER_UP, Role.BLOCK_OUT, Role.SSM_IN, Role.SSM_OUT);

    private static final List<Role> LATENT =
            List.of(Role.LATENT_QUERY, Role.LATENT_DOWN, Role.LATENT_KEYS, Role.LATENT_VALUES, Role.ATTENTION_OUTPUT);

    /**
     * The size of the weight of a role.
     *
     * @param layer layer from 0, -1 for roles that exist once a model
     */
    static MatrixSize of(DecoderConfig config, Role role, int layer) {
        int hidden = config.hidden();
        return switch (role) {
            case EMBEDDING, OUTPUT -> new MatrixSize(config.vocabulary(), hidden);
            case POSITION_EMBEDDING -> new MatrixSize(config.tokens().positions(), hidden);
            case QUERY, KEY, VALUE, ATTENTION_GATE, ATTENTION_OUTPUT ->
                ofAttention(config.attention(layer), role, read(config, role, layer));
            case LATENT_QUERY_DOWN, LATENT_QUERY, LATENT_DOWN, LATENT_KEYS, LATENT_VALUES ->
                ofLatent(config.attention(layer), role, hidden);
            case STREAM_IN, STREAM_OUT -> new MatrixSize(hidden, hidden);
            case TOKEN_PROJECTION ->
                new MatrixSize(config.layers() * streams(config).tokenWidth(), hidden);
            case TOKEN_GATE -> new MatrixSize(streams(config).tokenWidth(), hidden);
            case TOKEN_OUT -> new MatrixSize(hidden, streams(config).tokenWidth());
            case BRANCH_DOWN -> new MatrixSize(streams(config).branchRank(), hidden);
            case BRANCH_UP -> new MatrixSize(hidden, streams(config).branchRank());
            case GATE, UP, RWKV_CHANNEL_KEY -> new MatrixSize(config.innerWidth(layer), hidden);
            case DOWN, RWKV_CHANNEL_VALUE -> new MatrixSize(hidden, config.innerWidth(layer));
            case RWKV_CHANNEL_RECEPTANCE -> new MatrixSize(hidden, hidden);
            case ROUTER, EXPERT_GATE, EXPERT_UP, EXPERT_DOWN, SHARED_GATE, SHARED_UP, SHARED_DOWN ->
                ofExperts((ExpertsConfig) config.feedForward(layer), role, hidden);
            default ->
                !role.global() && matrices(config.stack().get(layer)).contains(role)
                        ? ofRecurrent(config.stack().get(layer).mixer(), role, hidden)
                        : new MatrixSize(1, VectorSize.of(config, role, layer));
        };
    }

    /** The matrices that a model has beside those of its layers, the embedding and the output. */
    static List<Role> matrices(DecoderConfig config) {
        return config.streams() == null ? List.of() : List.of(Role.STREAM_IN, Role.STREAM_OUT, Role.TOKEN_PROJECTION);
    }

    /** The matrices of a layer of a model. */
    static List<Role> matrices(DecoderConfig config, int layer) {
        var roles = matrices(config.stack().get(layer));
        if (config.streams() != null) {
            roles.addAll(List.of(Role.TOKEN_GATE, Role.TOKEN_OUT, Role.BRANCH_DOWN, Role.BRANCH_UP));
        }
        return roles;
    }

    /** The matrices of the parts of a layer; those of an expert count once. */
    private static List<Role> matrices(LayerConfig layer) {
        var roles = new ArrayList<>(
                switch (layer.mixer()) {
                    case AttentionConfig attention -> ofAttention(attention);
                    case ParallelMixers both -> ATTENTION;
                    case LayerConfig.NoMixer none -> List.<Role>of();
                    case SharedBlockConfig shared ->
                        Stream.concat(SHARED.stream(), BESIDE_SHARED.stream()).toList();
                    case MambaConfig mamba -> List.of(Role.SSM_IN, Role.SSM_PARAMETERS, Role.SSM_STEP, Role.SSM_OUT);
                    case Mamba2Config mamba -> List.<Role>of();
                    case DeltaConfig delta -> List.of(Role.SSM_IN, Role.SSM_RATES, Role.SSM_OUT);
                    case ShortConvolutionConfig convolution -> List.of(Role.SSM_IN, Role.SSM_OUT);
                    case GriffinConfig griffin ->
                        List.of(
                                Role.GRIFFIN_INPUT,
                                Role.GRIFFIN_BRANCH,
                                Role.GRIFFIN_OUT,
                                Role.GRIFFIN_INPUT_GATE,
                                Role.GRIFFIN_DECAY_GATE);
                    case RwkvConfig rwkv ->
                        List.of(Role.RWKV_RECEPTANCE, Role.RWKV_KEY, Role.RWKV_VALUE, Role.RWKV_GATE, Role.RWKV_OUT);
                });
        if (layer.mixer() instanceof ParallelMixers || layer.mixer() instanceof Mamba2Config) {
            roles.addAll(List.of(Role.SSM_IN, Role.SSM_OUT));
        }
        roles.addAll(
                switch (layer.feedForward()) {
                    case LayerConfig.FeedForward dense ->
                        dense.gated() ? List.of(Role.GATE, Role.UP, Role.DOWN) : List.of(Role.UP, Role.DOWN);
                    case ExpertsConfig experts -> ofExperts(experts);
                    case LayerConfig.None none -> List.<Role>of();
                    case RwkvConfig.ChannelMix mix ->
                        List.of(Role.RWKV_CHANNEL_KEY, Role.RWKV_CHANNEL_RECEPTANCE, Role.RWKV_CHANNEL_VALUE);
                });
        return roles;
    }

    /** How many matrices of a role there are: as many as experts, heads of latent attention or other streams, else one. */
    static int count(DecoderConfig config, int number, Role role) {
        if (!role.ofParts()) {
            return 1;
        }
        if (role.global()) {
            return streams(config).streams() - 1;
        }
        var layer = config.stack().get(number);
        boolean ofHeads = role == Role.LATENT_KEYS || role == Role.LATENT_VALUES;
        return ofHeads
                ? ((AttentionConfig) layer.mixer()).queryHeads()
                : ((ExpertsConfig) layer.feedForward()).experts();
    }

    private static StreamsConfig streams(DecoderConfig config) {
        return Objects.requireNonNull(config.streams(), "one residual stream");
    }

    private static MatrixSize ofLatent(AttentionConfig attention, Role role, int hidden) {
        var latent = Objects.requireNonNull(attention.additions().latent(), "no latent attention");
        int queries = attention.queryHeads() * latent.queryDim();
        return switch (role) {
            case LATENT_QUERY_DOWN -> new MatrixSize(latent.queryRank(), hidden);
            case LATENT_QUERY -> new MatrixSize(queries, latent.queryRank() == 0 ? hidden : latent.queryRank());
            case LATENT_DOWN -> new MatrixSize(latent.cachedDim(), hidden);
            case LATENT_KEYS -> new MatrixSize(latent.rank(), latent.nopeDim());
            default -> new MatrixSize(latent.valueDim(), latent.rank());
        };
    }

    /** The channels that a matrix of attention reads, or that its output writes; blocks that layers share read twice the width. */
    private static int read(DecoderConfig config, Role role, int layer) {
        boolean shared = config.stack().get(layer).mixer() instanceof SharedBlockConfig;
        return shared && role != Role.ATTENTION_OUTPUT ? 2 * config.hidden() : config.hidden();
    }

    private static List<Role> ofAttention(AttentionConfig attention) {
        var latent = attention.additions().latent();
        if (latent != null) {
            var down = latent.queryRank() == 0 ? List.<Role>of() : List.of(Role.LATENT_QUERY_DOWN);
            return Stream.concat(down.stream(), LATENT.stream()).toList();
        }
        var roles = new ArrayList<>(ATTENTION);
        if (!attention.keepsKv()) {
            roles.removeAll(List.of(Role.KEY, Role.VALUE));
        }
        if (attention.additions().outputGate()) {
            roles.add(Role.ATTENTION_GATE);
        }
        return roles;
    }

    private static List<Role> ofExperts(ExpertsConfig experts) {
        var roles = new ArrayList<>(List.of(Role.ROUTER, Role.EXPERT_UP, Role.EXPERT_DOWN));
        if (experts.each().gated()) {
            roles.add(Role.EXPERT_GATE);
        }
        if (experts.shared() != null) {
            roles.addAll(List.of(Role.SHARED_UP, Role.SHARED_DOWN));
            if (experts.shared().part().gated()) {
                roles.add(Role.SHARED_GATE);
            }
        }
        return roles;
    }

    private static MatrixSize ofExperts(ExpertsConfig experts, Role role, int hidden) {
        int width = experts.each().width();
        int shared = experts.shared() == null ? 0 : experts.shared().part().width();
        return switch (role) {
            case ROUTER -> new MatrixSize(experts.experts(), hidden);
            case EXPERT_DOWN -> new MatrixSize(hidden, width);
            case SHARED_GATE, SHARED_UP -> new MatrixSize(shared, hidden);
            case SHARED_DOWN -> new MatrixSize(hidden, shared);
            default -> new MatrixSize(width, hidden);
        };
    }

    private static MatrixSize ofAttention(AttentionConfig attention, Role role, int hidden) {
        int queries = attention.queryWidth();
        int keys = attention.kvWidth();
        return switch (role) {
            case QUERY, ATTENTION_GATE -> new MatrixSize(queries, hidden);
            case KEY, VALUE -> new MatrixSize(keys, hidden);
            case ATTENTION_OUTPUT -> new MatrixSize(hidden, attention.resultWidth());
            default -> throw new IllegalArgumentException("attention has no " + role.label());
        };
    }

    private static MatrixSize ofRecurrent(LayerConfig.Mixer mixer, Role role, int hidden) {
        return switch (mixer) {
            case MambaConfig mamba -> ofMamba(mamba, role, hidden);
            case Mamba2Config mamba -> ofMamba2(mamba, role, hidden);
            case DeltaConfig delta ->
                switch (role) {
                    case SSM_IN -> new MatrixSize(delta.projectionWidth(), hidden);
                    case SSM_RATES -> new MatrixSize(2 * delta.heads(), hidden);
                    default -> new MatrixSize(hidden, delta.valueWidth());
                };
            case ShortConvolutionConfig convolution ->
                role == Role.SSM_IN
                        ? new MatrixSize(3 * convolution.channels(), hidden)
                        : new MatrixSize(hidden, convolution.channels());
            case ParallelMixers both -> ofMamba2(both.mamba(), role, hidden);
            case GriffinConfig griffin ->
                switch (role) {
                    case GRIFFIN_INPUT, GRIFFIN_BRANCH -> new MatrixSize(griffin.channels(), hidden);
                    case GRIFFIN_OUT -> new MatrixSize(hidden, griffin.channels());
                    default -> new MatrixSize(griffin.channels(), griffin.channels() / griffin.blocks()); // gates
                };
            case RwkvConfig rwkv ->
                role == Role.RWKV_OUT
                        ? new MatrixSize(hidden, rwkv.channels())
                        : new MatrixSize(rwkv.channels(), hidden);
            case SharedBlockConfig shared -> ofShared(shared, role, hidden);
            case LayerConfig.NoMixer none -> throw new IllegalArgumentException("the layer has no mixer");
            case AttentionConfig attention -> throw new IllegalArgumentException("attention has no " + role.label());
        };
    }

    private static MatrixSize ofShared(SharedBlockConfig shared, Role role, int hidden) {
        int inner = shared.feedForward().width();
        return switch (role) {
            case ADAPTER_DOWN -> new MatrixSize(shared.adapterRank(), hidden);
            case ADAPTER_GATE, ADAPTER_UP -> new MatrixSize(inner, shared.adapterRank());
            case BLOCK_OUT -> new MatrixSize(hidden, hidden);
            default -> ofMamba2(shared.mamba(), role, hidden);
        };
    }

    private static MatrixSize ofMamba(MambaConfig mamba, Role role, int hidden) {
        return switch (role) {
            case SSM_IN -> new MatrixSize(2 * mamba.channels(), hidden);
            case SSM_PARAMETERS -> new MatrixSize(mamba.parameterWidth(), mamba.channels());
            case SSM_STEP -> new MatrixSize(mamba.channels(), mamba.stepRank());
            case SSM_OUT -> new MatrixSize(hidden, mamba.channels());
            default -> throw new IllegalArgumentException("Mamba has no matrix " + role.label());
        };
    }

    private static MatrixSize ofMamba2(Mamba2Config mamba, Role role, int hidden) {
        return role == Role.SSM_IN
                ? new MatrixSize(mamba.projectionWidth(), hidden)
                : new MatrixSize(hidden, mamba.channels());
    }
}

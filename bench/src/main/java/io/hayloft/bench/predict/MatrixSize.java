package io.hayloft.bench.predict;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.AttentionConfig.HeadNorm;
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
import io.hayloft.formats.config.ShortConvolutionConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The size of a weight: {@code [rows][columns]}; a vector is one row. All matrices are known, and the vectors of layers
 * that are made of attention and a dense feed-forward part.
 *
 * @param rows rows; 1 for a vector
 * @param columns columns; elements of a vector
 */
record MatrixSize(int rows, int columns) {
    private static final List<Role> ATTENTION = List.of(Role.QUERY, Role.KEY, Role.VALUE, Role.ATTENTION_OUTPUT);

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
            case OUTPUT_BIAS -> vector(config.vocabulary());
            case QUERY,
                    KEY,
                    VALUE,
                    ATTENTION_GATE,
                    ATTENTION_OUTPUT,
                    QUERY_BIAS,
                    KEY_BIAS,
                    VALUE_BIAS,
                    QUERY_NORM,
                    KEY_NORM -> ofAttention(config.attention(layer), role, hidden);
            case GATE, UP, RWKV_CHANNEL_KEY ->
                new MatrixSize(config.feedForward(layer).width(), hidden);
            case DOWN, RWKV_CHANNEL_VALUE ->
                new MatrixSize(hidden, config.feedForward(layer).width());
            case GATE_BIAS, UP_BIAS -> vector(config.feedForward(layer).width());
            case RWKV_CHANNEL_RECEPTANCE -> new MatrixSize(hidden, hidden);
            case ROUTER, EXPERT_GATE, EXPERT_UP, EXPERT_DOWN, SHARED_GATE, SHARED_UP, SHARED_DOWN ->
                ofExperts((ExpertsConfig) config.feedForward(layer), role, hidden);
            default ->
                !role.global() && matrices(config.stack().get(layer)).contains(role)
                        ? ofRecurrent(config.stack().get(layer).mixer(), role, hidden)
                        : vector(hidden);
        };
    }

    /** The matrices of a layer; those of an expert count once. */
    static List<Role> matrices(LayerConfig layer) {
        var roles = new ArrayList<>(
                switch (layer.mixer()) {
                    case AttentionConfig attention -> ofAttention(attention);
                    case ParallelMixers both -> ATTENTION;
                    case LayerConfig.NoMixer none -> List.<Role>of();
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

    /** How many matrices of a role a layer has: as many as there are experts, else one. */
    static int count(LayerConfig layer, Role role) {
        boolean ofExpert = role == Role.EXPERT_GATE || role == Role.EXPERT_UP || role == Role.EXPERT_DOWN;
        return ofExpert && layer.feedForward() instanceof ExpertsConfig experts ? experts.experts() : 1;
    }

    private static List<Role> ofAttention(AttentionConfig attention) {
        var roles = new ArrayList<>(ATTENTION);
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

    private static MatrixSize vector(int elements) {
        return new MatrixSize(1, elements);
    }

    private static MatrixSize ofAttention(AttentionConfig attention, Role role, int hidden) {
        int queries = attention.queryWidth();
        int keys = attention.kvWidth();
        boolean sharedNorm = attention.headNorm() == HeadNorm.SHARED;
        return switch (role) {
            case QUERY, ATTENTION_GATE -> new MatrixSize(queries, hidden);
            case KEY, VALUE -> new MatrixSize(keys, hidden);
            case ATTENTION_OUTPUT -> new MatrixSize(hidden, queries);
            case QUERY_BIAS -> vector(queries);
            case KEY_BIAS, VALUE_BIAS -> vector(keys);
            case QUERY_NORM -> vector(sharedNorm ? attention.headDim() : queries);
            case KEY_NORM -> vector(sharedNorm ? attention.headDim() : keys);
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
            case LayerConfig.NoMixer none -> throw new IllegalArgumentException("the layer has no mixer");
            case AttentionConfig attention -> throw new IllegalArgumentException("attention has no " + role.label());
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

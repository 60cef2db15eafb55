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
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import java.util.Objects;

/** How many numbers the weights have that no matrix product takes: norms, biases, and what scans and convolutions use. */
final class VectorSize {
    private VectorSize() {}

    /**
     * The numbers of the weight of a role.
     *
     * @param layer layer from 0, -1 for roles that exist once a model
     */
    static int of(DecoderConfig config, Role role, int layer) {
        int hidden = config.hidden();
        return switch (role) {
            case OUTPUT_BIAS -> config.vocabulary();
            case GATE_BIAS, UP_BIAS -> ((LayerConfig.FeedForward) config.feedForward(layer)).width();
            case QUERY_BIAS, KEY_BIAS, VALUE_BIAS, QUERY_NORM, KEY_NORM, ATTENTION_SINKS ->
                ofAttention(config.attention(layer), role);
            case LATENT_QUERY_NORM, LATENT_NORM -> {
                var latent = Objects.requireNonNull(
                        config.attention(layer).additions().latent(), "no latent attention");
                yield role == Role.LATENT_NORM ? latent.rank() : latent.queryRank();
            }
            case ROUTER_BIAS, ROUTER_CORRECTION -> experts(config, layer).experts();
            case EXPERT_GATE_BIAS, EXPERT_UP_BIAS ->
                experts(config, layer).each().width();
            case BLOCK_NORM -> 2 * hidden;
            default ->
                role.global() || config.stack().get(layer).mixer() instanceof AttentionConfig
                        ? hidden
                        : ofRecurrent(config.stack().get(layer).mixer(), role, hidden);
        };
    }

    private static ExpertsConfig experts(DecoderConfig config, int layer) {
        return (ExpertsConfig) config.feedForward(layer);
    }

    private static int ofAttention(AttentionConfig attention, Role role) {
        boolean sharedNorm = attention.headNorm() == HeadNorm.SHARED;
        return switch (role) {
            case QUERY_BIAS -> attention.queryWidth();
            case KEY_BIAS, VALUE_BIAS -> attention.kvWidth();
            case ATTENTION_SINKS -> attention.queryHeads();
            case QUERY_NORM -> sharedNorm ? attention.headDim() : attention.queryWidth();
            default -> sharedNorm ? attention.headDim() : attention.kvWidth();
        };
    }

    private static int ofRecurrent(LayerConfig.Mixer mixer, Role role, int hidden) {
        return switch (mixer) {
            case MambaConfig mamba -> ofMamba(mamba, role, hidden);
            case Mamba2Config mamba -> ofMamba2(mamba, role, hidden);
            case ParallelMixers both -> ofMamba2(both.mamba(), role, hidden);
            case SharedBlockConfig shared -> ofMamba2(shared.mamba(), role, hidden);
            case DeltaConfig delta ->
                switch (role) {
                    case SSM_CONVOLUTION -> delta.convolution() * delta.convolutionChannels();
                    case SSM_A, SSM_STEP_BIAS -> delta.heads();
                    case SSM_NORM -> delta.valueDim();
                    default -> hidden;
                };
            case ShortConvolutionConfig convolution ->
                role == Role.SSM_CONVOLUTION ? convolution.convolution() * convolution.channels() : hidden;
            case GriffinConfig griffin ->
                switch (role) {
                    case SSM_CONVOLUTION -> griffin.convolution() * griffin.channels();
                    case SSM_CONVOLUTION_BIAS,
                            GRIFFIN_INPUT_BIAS,
                            GRIFFIN_BRANCH_BIAS,
                            GRIFFIN_INPUT_GATE_BIAS,
                            GRIFFIN_DECAY_GATE_BIAS,
                            GRIFFIN_DECAY -> griffin.channels();
                    default -> hidden;
                };
            case RwkvConfig rwkv ->
                switch (role) {
                    case RWKV_DECAY, RWKV_BONUS, RWKV_HEAD_NORM, RWKV_HEAD_NORM_BIAS -> rwkv.channels();
                    default -> hidden;
                };
            case AttentionConfig attention -> hidden;
            case LayerConfig.NoMixer none -> hidden;
        };
    }

    private static int ofMamba(MambaConfig mamba, Role role, int hidden) {
        return switch (role) {
            case SSM_CONVOLUTION -> mamba.convolution() * mamba.channels();
            case SSM_CONVOLUTION_BIAS, SSM_STEP_BIAS, SSM_D -> mamba.channels();
            case SSM_A -> mamba.channels() * mamba.stateSize();
            case SSM_STEP_NORM -> mamba.stepRank();
            case SSM_B_NORM, SSM_C_NORM -> mamba.stateSize();
            default -> hidden;
        };
    }

    private static int ofMamba2(Mamba2Config mamba, Role role, int hidden) {
        return switch (role) {
            case SSM_CONVOLUTION -> mamba.convolution() * mamba.convolutionChannels();
            case SSM_CONVOLUTION_BIAS -> mamba.convolutionChannels();
            case SSM_STEP_BIAS, SSM_A, SSM_D -> mamba.heads();
            case SSM_NORM -> mamba.channels();
            default -> hidden;
        };
    }
}

package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The weights of models with Mamba mixers, from either form of file; all others as {@link ExpertWeights} has them. */
final class StateSpaceWeights implements WeightSource {
    private final FamilyWeights.File file;
    private final DecoderConfig config;
    private final TensorNames names;
    private final NamedWeights usual;
    private final ExpertWeights others;

    StateSpaceWeights(
            FamilyWeights.File file,
            DecoderConfig config,
            TensorNames names,
            ExpertWeights.Form experts,
            TensorLayout layout) {
        this.file = file;
        this.config = config;
        this.names = names;
        var tensors = new NamedWeights.Tensors(file.tensors(), file.unread(), biases(config, names));
        this.usual = new NamedWeights(file.source(), config, tensors, names, layout);
        this.others = new ExpertWeights(config, names, experts, usual);
    }

    private static Set<String> biases(DecoderConfig config, TensorNames names) {
        var biases = new HashSet<>(ExpertWeights.biases(config, names));
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean convolution = switch (config.stack().get(layer).mixer()) {
                case MambaConfig mamba -> mamba.convolutionBias();
                case Mamba2Config mamba -> mamba.convolutionBias();
                case ParallelMixers both -> both.mamba().convolutionBias();
                case SharedBlockConfig shared -> shared.mamba().convolutionBias();
                default -> false;
            };
            if (convolution) {
                biases.add(names.of(Role.SSM_CONVOLUTION_BIAS, layer));
            }
            biases.add(names.of(Role.SSM_STEP_BIAS, layer));
        }
        return biases;
    }

    @Override
    public Optional<WeightRows> find(Role role, int layer) {
        return switch (role) {
            case SSM_IN,
                    SSM_CONVOLUTION,
                    SSM_CONVOLUTION_BIAS,
                    SSM_PARAMETERS,
                    SSM_STEP,
                    SSM_STEP_BIAS,
                    SSM_A,
                    SSM_D,
                    SSM_STEP_NORM,
                    SSM_B_NORM,
                    SSM_C_NORM,
                    SSM_NORM,
                    SSM_OUT,
                    SSM_RATES,
                    BLOCK_NORM,
                    BLOCK_OUT,
                    ADAPTER_DOWN,
                    ADAPTER_GATE,
                    ADAPTER_UP -> ofMixer(role, layer);
            case FEED_FORWARD_NORM ->
                usual.find(role, layer)
                        .or(() -> usual.tensor(withoutSuffix(role, layer), config.hidden())
                                .map(WeightRows::all));
            default -> others.find(role, layer);
        };
    }

    /** Converters of Falcon-H1 to GGUF leave the ending of this name out. */
    private String withoutSuffix(Role role, int layer) {
        return names.of(role, layer).replace(".weight", "");
    }

    @Override
    public WeightRows get(Role role, int layer) {
        return find(role, layer).orElseThrow(() -> missing(role, layer));
    }

    private RuntimeException missing(Role role, int layer) {
        var name = names.of(role, layer);
        // OUTPUT is the embedding where both are tied
        return name.isEmpty() || role == Role.OUTPUT
                ? usual.error("the " + role.label() + " weight is missing")
                : usual.error("tensor '" + name + "' is missing");
    }

    private Optional<WeightRows> ofMixer(Role role, int layer) {
        return switch (config.stack().get(layer).mixer()) {
            case MambaConfig mamba -> ofMamba(mamba, role, layer);
            case Mamba2Config mamba -> ofMamba2(mamba, role, layer);
            case ParallelMixers both -> ofMamba2(both.mamba(), role, layer);
            case SharedBlockConfig shared -> ofShared(shared, role, layer);
            case ShortConvolutionConfig convolution -> ofConvolution(convolution, role, layer);
            case DeltaConfig delta -> ofDelta(delta, role, layer);
            default -> Optional.empty();
        };
    }

    private Optional<WeightRows> ofShared(SharedBlockConfig shared, Role role, int layer) {
        int hidden = config.hidden();
        int inner = shared.feedForward().width();
        return switch (role) {
            case BLOCK_NORM -> vector(role, layer, 2L * hidden);
            case BLOCK_OUT -> matrix(role, layer, hidden, hidden);
            case ADAPTER_DOWN -> matrix(role, layer, shared.adapterRank(), hidden);
            case ADAPTER_GATE, ADAPTER_UP ->
                usual.tensor(names.of(role, layer), 2L * inner, shared.adapterRank())
                        .map(tensor -> new WeightRows(tensor, role == Role.ADAPTER_UP ? inner : 0, inner, null));
            default -> ofMamba2(shared.mamba(), role, layer);
        };
    }

    private Optional<WeightRows> ofDelta(DeltaConfig delta, Role role, int layer) {
        return switch (role) {
            case SSM_IN -> ordered(role, layer, DeltaRows.ofProjection(delta));
            case SSM_RATES -> ordered(role, layer, DeltaRows.ofRates(delta));
            case SSM_CONVOLUTION -> convolution(layer, delta.convolutionChannels(), delta.convolution());
            case SSM_STEP_BIAS -> vector(role, layer, delta.heads());
            case SSM_A -> decay(layer, delta.heads());
            case SSM_NORM -> vector(role, layer, delta.valueDim());
            case SSM_OUT -> matrix(role, layer, config.hidden(), delta.valueWidth());
            default -> Optional.empty();
        };
    }

    private Optional<WeightRows> ordered(Role role, int layer, int[] order) {
        return usual.tensor(names.of(role, layer), order.length, config.hidden())
                .map(tensor -> new WeightRows(tensor, 0, order.length, order));
    }

    private Optional<WeightRows> ofConvolution(ShortConvolutionConfig convolution, Role role, int layer) {
        int channels = convolution.channels();
        return switch (role) {
            case SSM_IN -> matrix(role, layer, 3L * channels, config.hidden());
            case SSM_CONVOLUTION -> convolution(layer, channels, convolution.convolution());
            case SSM_OUT -> matrix(role, layer, config.hidden(), channels);
            default -> Optional.empty();
        };
    }

    private Optional<WeightRows> ofMamba(MambaConfig mamba, Role role, int layer) {
        int channels = mamba.channels();
        return switch (role) {
            case SSM_IN -> matrix(role, layer, 2L * channels, config.hidden());
            case SSM_CONVOLUTION -> convolution(layer, channels, mamba.convolution());
            case SSM_PARAMETERS -> matrix(role, layer, mamba.parameterWidth(), channels);
            case SSM_STEP -> matrix(role, layer, channels, mamba.stepRank());
            case SSM_A -> decay(layer, channels, mamba.stateSize());
            case SSM_STEP_NORM -> vector(role, layer, mamba.stepRank());
            case SSM_B_NORM, SSM_C_NORM -> vector(role, layer, mamba.stateSize());
            case SSM_OUT -> matrix(role, layer, config.hidden(), channels);
            default -> vector(role, layer, channels); // biases and D
        };
    }

    private Optional<WeightRows> ofMamba2(Mamba2Config mamba, Role role, int layer) {
        return switch (role) {
            case SSM_IN -> matrix(role, layer, mamba.projectionWidth(), config.hidden());
            case SSM_CONVOLUTION -> convolution(layer, mamba.convolutionChannels(), mamba.convolution());
            case SSM_CONVOLUTION_BIAS -> vector(role, layer, mamba.convolutionChannels());
            case SSM_A -> file.gguf() ? decay(layer, mamba.heads(), 1) : decay(layer, mamba.heads());
            case SSM_D -> file.gguf() ? matrix(role, layer, mamba.heads(), 1) : vector(role, layer, mamba.heads());
            case SSM_STEP_BIAS -> vector(role, layer, mamba.heads());
            case SSM_NORM ->
                file.gguf()
                        ? matrix(role, layer, mamba.groups(), mamba.channels() / mamba.groups())
                        : vector(role, layer, mamba.channels());
            case SSM_OUT -> matrix(role, layer, config.hidden(), mamba.channels());
            default -> Optional.empty();
        };
    }

    private Optional<WeightRows> matrix(Role role, int layer, long rows, long columns) {
        return usual.tensor(names.of(role, layer), rows, columns).map(WeightRows::all);
    }

    private Optional<WeightRows> vector(Role role, int layer, long elements) {
        return usual.tensor(names.of(role, layer), elements).map(WeightRows::all);
    }

    /** Safetensors have a dimension of 1 between channels and tokens. */
    private Optional<WeightRows> convolution(int layer, long channels, long tokens) {
        var name = names.of(Role.SSM_CONVOLUTION, layer);
        return (file.gguf() ? usual.tensor(name, channels, tokens) : usual.tensor(name, channels, 1, tokens))
                .map(WeightRows::all);
    }

    /** GGUF files hold A itself, safetensors log(-A). */
    private Optional<WeightRows> decay(int layer, long... shape) {
        return usual.tensor(names.of(Role.SSM_A, layer), shape).map(tensor -> {
            if (file.gguf()) {
                return WeightRows.all(tensor);
            }
            var values = tensor.toFloats();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) -Math.exp(values[i]);
            }
            return WeightRows.all(
                    new Tensor(tensor.name(), TensorType.F32, tensor.shape(), MemorySegment.ofArray(values)));
        });
    }

    @Override
    public WeightRows part(Role role, int layer, int expert) {
        return others.part(role, layer, expert);
    }
}

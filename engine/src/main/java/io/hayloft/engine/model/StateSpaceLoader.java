package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.HeadScan;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.SelectiveScan;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Builds the mixers of Mamba-1 and Mamba-2, short convolutions and gated delta rules.
 *
 * @param linear packs the weight of a role and layer
 */
record StateSpaceLoader(
        DecoderConfig config, WeightSource weights, BiFunction<Role, Integer, Linear> linear, WorkerPool pool) {
    MambaMixer mamba(int layer, MambaConfig mamba) {
        var matrices = new MambaMixer.Weights(
                linear.apply(Role.SSM_IN, layer),
                linear.apply(Role.SSM_PARAMETERS, layer),
                linear.apply(Role.SSM_STEP, layer),
                linear.apply(Role.SSM_OUT, layer));
        var norms = !mamba.innerNorms()
                ? null
                : new MambaMixer.Norms(
                        norm(Role.SSM_STEP_NORM, layer), norm(Role.SSM_B_NORM, layer), norm(Role.SSM_C_NORM, layer));
        var scan = new SelectiveScan(
                floats(Role.SSM_A, layer), floats(Role.SSM_D, layer), floats(Role.SSM_STEP_BIAS, layer));
        var convolution = convolution(layer, mamba.convolution(), mamba.convolutionBias());
        return new MambaMixer(layer, mamba, matrices, convolution, scan, norms, pool);
    }

    /**
     * A Mamba-2 mixer.
     *
     * @param state number of its state
     */
    Mamba2Mixer mamba2(int layer, int state, Mamba2Config mamba) {
        var scan = new HeadScan(
                new HeadScan.Shape(mamba.heads(), mamba.headDim(), mamba.groups(), mamba.stateSize()),
                floats(Role.SSM_A, layer),
                floats(Role.SSM_D, layer),
                floats(Role.SSM_STEP_BIAS, layer),
                mamba.stepLimits());
        return new Mamba2Mixer(
                state,
                mamba,
                factors(mamba),
                linear.apply(Role.SSM_IN, layer),
                convolution(layer, mamba.convolution(), mamba.convolutionBias()),
                scan,
                groupNorms(layer, mamba),
                config.norms().epsilon(),
                linear.apply(Role.SSM_OUT, layer),
                pool);
    }

    DeltaMixer delta(int layer, DeltaConfig delta) {
        return new DeltaMixer(
                layer,
                delta,
                linear.apply(Role.SSM_IN, layer),
                linear.apply(Role.SSM_RATES, layer),
                convolution(layer, delta.convolution(), false),
                floats(Role.SSM_A, layer),
                floats(Role.SSM_STEP_BIAS, layer),
                floats(Role.SSM_NORM, layer),
                config.norms().epsilon(),
                linear.apply(Role.SSM_OUT, layer),
                pool);
    }

    ShortConvolutionMixer shortConvolution(int layer, ShortConvolutionConfig config) {
        var convolution = CausalConvolution.plain(floats(Role.SSM_CONVOLUTION, layer), config.convolution(), null);
        return new ShortConvolutionMixer(
                layer, linear.apply(Role.SSM_IN, layer), convolution, linear.apply(Role.SSM_OUT, layer), pool);
    }

    private static float @Nullable [] factors(Mamba2Config mamba) {
        if (mamba.factors().equals(Mamba2Config.NO_FACTORS)) {
            return null;
        }
        var factors = new float[mamba.factors().size()];
        for (int part = 0; part < factors.length; part++) {
            factors[part] = mamba.factors().get(part).floatValue();
        }
        return factors;
    }

    private CausalConvolution convolution(int layer, int taps, boolean bias) {
        return new CausalConvolution(
                floats(Role.SSM_CONVOLUTION, layer), taps, bias ? floats(Role.SSM_CONVOLUTION_BIAS, layer) : null);
    }

    private List<float[]> groupNorms(int layer, Mamba2Config mamba) {
        if (mamba.gate() == Mamba2Config.Gate.PLAIN) {
            return List.of();
        }
        var all = floats(Role.SSM_NORM, layer);
        int width = all.length / mamba.groups();
        var groups = new ArrayList<float[]>();
        for (int group = 0; group < mamba.groups(); group++) {
            groups.add(Arrays.copyOfRange(all, group * width, (group + 1) * width));
        }
        return groups;
    }

    private float[] floats(Role role, int layer) {
        return weights.get(role, layer).toFloats();
    }

    private Norm norm(Role role, int layer) {
        return new RmsNorm(weights.get(role, layer), config);
    }
}

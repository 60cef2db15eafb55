package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import java.util.List;

/**
 * A Mamba-2 mixer: heads whose whole state decays by one number a token (Dao and Gu, "Transformers are SSMs", arXiv
 * 2405.21060, section 7).
 *
 * @param heads heads of the scan
 * @param headDim channels of a head
 * @param groups groups of heads that share B and C; divides {@code heads}
 * @param stateSize {@code N}: numbers that each channel remembers
 * @param convolution tokens that the convolution sees, the newest included
 * @param convolutionBias whether the convolution has a bias
 * @param gate what follows the scan
 * @param stepLimits smallest and largest step size
 * @param factors on gate, inputs, B, C and step size, as the input projection gives them
 */
public record Mamba2Config(
        int heads,
        int headDim,
        int groups,
        int stateSize,
        int convolution,
        boolean convolutionBias,
        Gate gate,
        List<Double> stepLimits,
        List<Double> factors)
        implements LayerConfig.Recurrent {
    /** How the result of the scan is gated. */
    public enum Gate {
        /** {@code y * silu(z)}. */
        PLAIN,
        /** {@code norm(y * silu(z))}, each group of channels on its own. */
        NORM_AFTER,
        /** {@code norm(y) * silu(z)}, each group of channels on its own. */
        NORM_BEFORE
    }

    /** Factors of models that have none. */
    public static final List<Double> NO_FACTORS = List.of(1.0, 1.0, 1.0, 1.0, 1.0);

    /** Limits of models that have none. */
    public static final List<Double> NO_LIMITS = List.of(0.0, Double.POSITIVE_INFINITY);

    /** Checks the sizes. */
    public Mamba2Config {
        stepLimits = List.copyOf(stepLimits);
        factors = List.copyOf(factors);
        Limits.whole("Mamba heads", heads, 1, 1 << 16);
        Limits.whole("Mamba head size", headDim, 1, 4096);
        Limits.whole("Mamba channels", (long) heads * headDim, 1, 1 << 20);
        Limits.whole("groups", groups, 1, heads);
        Limits.whole("state size", stateSize, 1, 4096);
        Limits.whole("convolution", convolution, 2, 64);
        if (heads % groups != 0) {
            throw new UserError(heads + " Mamba heads cannot share " + groups + " groups evenly");
        }
        long channels = (long) heads * headDim;
        long convolved = channels + 2L * groups * stateSize;
        Limits.whole("rows of the input projection", channels + convolved + heads, 1, Integer.MAX_VALUE);
        long state = (convolution - 1) * convolved + stateSize * channels;
        Limits.whole("numbers of a layer's state", state, 1, Integer.MAX_VALUE);
        if (stepLimits.size() != 2 || !(stepLimits.getFirst() >= 0 && stepLimits.getFirst() <= stepLimits.getLast())) {
            throw new UserError("time step limits must be two numbers from 0 in order, not " + stepLimits);
        }
        Limits.number("smallest time step", stepLimits.getFirst(), 0, 1e3);
        if (factors.size() != 5) {
            throw new UserError("ssm_multipliers must be five numbers, not " + factors);
        }
        for (double factor : factors) {
            Limits.number("ssm_multipliers", Math.abs(factor), 1e-9, 1e9);
        }
    }

    /** {@code d_inner}: channels of the scan, heads * headDim. */
    public int channels() {
        return heads * headDim;
    }

    /** Channels of the convolution: inputs, B and C. */
    public int convolutionChannels() {
        return channels() + 2 * groups * stateSize;
    }

    /** Rows of the input projection: gate, inputs, B, C, step sizes. */
    public int projectionWidth() {
        return channels() + convolutionChannels() + heads;
    }

    /** {@code convolution - 1} rows of the convolution's inputs, then [heads][stateSize][headDim]. */
    @Override
    public int stateFloats() {
        return (convolution - 1) * convolutionChannels() + stateSize * channels();
    }

    @Override
    public long weights(int hidden) {
        return (long) hidden * (projectionWidth() + channels());
    }
}

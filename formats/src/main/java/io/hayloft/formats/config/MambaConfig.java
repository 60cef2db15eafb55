package io.hayloft.formats.config;

/**
 * A Mamba-1 mixer: a causal convolution of each channel, then a selective state space model (Gu and Dao, "Mamba",
 * arXiv 2312.00752, section 3).
 *
 * @param channels {@code d_inner}: channels of the convolution and of the scan
 * @param stateSize {@code N}: numbers that each channel remembers
 * @param convolution tokens that the convolution sees, the newest included
 * @param stepRank width of the low-rank projection of the step size
 * @param innerNorms whether step size, B and C are normalised (Jamba)
 * @param convolutionBias whether the convolution has a bias
 */
public record MambaConfig(
        int channels, int stateSize, int convolution, int stepRank, boolean innerNorms, boolean convolutionBias)
        implements LayerConfig.Recurrent {
    /** Checks the sizes. */
    public MambaConfig {
        Limits.whole("Mamba channels", channels, 1, 1 << 20);
        Limits.whole("state size", stateSize, 1, 4096);
        Limits.whole("convolution", convolution, 2, 64);
        Limits.whole("time step rank", stepRank, 1, 1 << 16);
        long state = (long) (convolution - 1 + stateSize) * channels;
        Limits.whole("numbers of a layer's state", state, 1, Integer.MAX_VALUE);
    }

    /** {@code convolution - 1} rows of inputs, then {@code stateSize} rows, each of all channels. */
    @Override
    public int stateFloats() {
        return (convolution - 1 + stateSize) * channels;
    }

    /** Channels of step size, B and C of a token. */
    public int parameterWidth() {
        return stepRank + 2 * stateSize;
    }

    @Override
    public long weights(int hidden) {
        return (long) channels * (3L * hidden + parameterWidth() + stepRank);
    }
}

package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/**
 * The recurrent mixer of Griffin and RecurrentGemma: a causal convolution, then a real-gated linear recurrent unit, times a
 * gated branch (De et al., "Griffin", arXiv 2402.19427, sections 2.3 and 2.4).
 *
 * @param channels channels of the recurrence
 * @param blocks blocks of channels that the gates keep apart; divides {@code channels}
 * @param convolution tokens that the convolution sees, the newest included
 */
public record GriffinConfig(int channels, int blocks, int convolution) implements LayerConfig.Recurrent {
    /** Checks the sizes. */
    public GriffinConfig {
        Limits.whole("recurrent channels", channels, 1, 1 << 20);
        Limits.whole("blocks of the gates", blocks, 1, channels);
        Limits.whole("convolution", convolution, 2, 64);
        if (channels % blocks != 0) {
            throw new UserError(channels + " recurrent channels do not fall into " + blocks + " equal blocks");
        }
    }

    /** {@code convolution - 1} rows of inputs, then the state of each channel. */
    @Override
    public int stateFloats() {
        return Math.multiplyExact(convolution, channels);
    }

    @Override
    public long weights(int hidden) {
        return channels * (3L * hidden + 2L * (channels / blocks));
    }
}

package io.hayloft.formats.config;

/**
 * The gated short convolution of LFM2: {@code out (C ⊙ conv(B ⊙ x))}, where a projection of the row gives B, C and x (Liquid
 * AI, "LFM2 Technical Report", arXiv 2511.23404, section 2).
 *
 * @param channels channels of the convolution
 * @param convolution tokens that it sees, the newest included
 */
public record ShortConvolutionConfig(int channels, int convolution) implements LayerConfig.Recurrent {
    /** Checks the sizes. */
    public ShortConvolutionConfig {
        Limits.whole("convolution channels", channels, 1, 1 << 20);
        Limits.whole("convolution", convolution, 2, 64);
    }

    /** The inputs of the convolution for the last {@code convolution - 1} tokens. */
    @Override
    public int stateFloats() {
        return Math.multiplyExact(convolution - 1, channels);
    }

    @Override
    public long weights(int hidden) {
        return 4L * hidden * channels;
    }
}

package io.hayloft.formats.config;

/**
 * One layer of a decoder: a mixer, in which tokens see each other, and a feed-forward part. Layers of a model may differ in
 * every size.
 */
public record LayerConfig(Mixer mixer, FeedForward feedForward) {
    /** How the tokens of a sequence see each other in a layer. */
    public sealed interface Mixer permits AttentionConfig {}

    /**
     * A feed-forward part: gated, {@code (act(x gateᵀ) ⊙ x upᵀ) downᵀ}, or plain, {@code act(x upᵀ) downᵀ}.
     *
     * @param width channels inside
     * @param activation of the gate, or of what goes up where there is none
     * @param gated whether there is a gate
     * @param biases whether a bias is added to each product
     */
    public record FeedForward(int width, Activation activation, boolean gated, boolean biases) {
        /** Checks the width. */
        public FeedForward {
            Limits.whole("feed-forward size", width, 1, 1 << 20);
        }

        /** A gated one without biases. */
        public FeedForward(int width, Activation activation) {
            this(width, activation, true, false);
        }

        /** Number of weight matrices. */
        public int matrices() {
            return gated ? 3 : 2;
        }
    }

    /** The nonlinearity of a feed-forward part. */
    public enum Activation {
        /** {@code x * sigmoid(x)}. */
        SILU,
        /** {@code 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}. */
        GELU_TANH,
        /** {@code 0.5 x (1 + erf(x / sqrt(2)))}. */
        GELU,
        /** {@code x * sigmoid(1.702 x)}. */
        QUICK_GELU,
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code max(x, 0)^2}. */
        RELU_SQUARED
    }
}

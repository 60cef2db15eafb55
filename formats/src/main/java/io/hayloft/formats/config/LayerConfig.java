package io.hayloft.formats.config;

/**
 * One layer of a decoder: a mixer, in which tokens see each other, then a gated feed-forward part. Layers of a model may
 * differ in every size.
 */
public record LayerConfig(Mixer mixer, FeedForward feedForward) {
    /** How the tokens of a sequence see each other in a layer. */
    public sealed interface Mixer permits AttentionConfig {}

    /**
     * A gated feed-forward part: {@code (act(x gateᵀ) ⊙ x upᵀ) downᵀ}.
     *
     * @param width channels inside
     * @param activation of the gate
     */
    public record FeedForward(int width, Activation activation) {
        /** Checks the width. */
        public FeedForward {
            Limits.whole("feed-forward size", width, 1, 1 << 20);
        }
    }

    /** The nonlinearity of the gate. */
    public enum Activation {
        /** {@code x * sigmoid(x)}. */
        SILU,
        /** {@code 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}. */
        GELU_TANH
    }
}

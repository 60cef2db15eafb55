package io.hayloft.formats.config;

/** The nonlinearity of the gated feed-forward layer. */
public enum Activation {
    /** {@code x * sigmoid(x)}. */
    SILU,
    /** {@code 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}. */
    GELU_TANH
}

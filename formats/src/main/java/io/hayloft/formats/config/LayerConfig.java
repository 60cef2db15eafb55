package io.hayloft.formats.config;

/**
 * One layer of a decoder: a mixer, in which tokens see each other, then a feed-forward part. Layers of a model may
 * differ in kind and in every size.
 */
public record LayerConfig(Mixer mixer, FeedForwardPart feedForward) {
    /** How the tokens of a sequence see each other in a layer. */
    public sealed interface Mixer permits AttentionConfig, Recurrent, ParallelMixers, SharedBlockConfig, NoMixer {
        /**
         * Numbers in its matrices.
         *
         * @param hidden width of the residual stream
         */
        long weights(int hidden);
    }

    /** A mixer that remembers a sequence in a state of constant size. */
    public sealed interface Recurrent extends Mixer
            permits MambaConfig, Mamba2Config, GriffinConfig, RwkvConfig, ShortConvolutionConfig, DeltaConfig {
        /** Numbers in the state of one sequence. */
        int stateFloats();
    }

    /** No mixer: a layer is its feed-forward part alone. */
    public record NoMixer() implements Mixer {
        @Override
        public long weights(int hidden) {
            return 0;
        }
    }

    /** The part that follows the mixer. */
    public sealed interface FeedForwardPart permits FeedForward, ExpertsConfig, None, RwkvConfig.ChannelMix {
        /** Channels inside for a row, 0 without a feed-forward part. */
        int width();

        /**
         * Numbers in the matrices that one row is multiplied with.
         *
         * @param hidden width of the residual stream
         */
        long weightsOfRow(int hidden);

        /** Numbers that it remembers of a sequence; they lie behind those of the layer's mixer, in the same state. */
        default int stateFloats() {
            return 0;
        }
    }

    /**
     * A feed-forward part: gated, {@code (act(g x gateᵀ) ⊙ x upᵀ) downᵀ d}, or plain, {@code act(x upᵀ) downᵀ d}.
     *
     * @param width channels inside
     * @param activation of the gate, or of what goes up where there is none
     * @param gated whether there is a gate
     * @param biases whether a bias is added to each product
     * @param gateFactor {@code g}, 1 in most models
     * @param downFactor {@code d}, 1 in most models
     * @param cutoff a row's gate is 0 where it is less than this many standard deviations above its mean, and above that
     *     counts from there (Gemma 3n); negative infinity in most models
     */
    public record FeedForward(
            int width,
            Activation activation,
            boolean gated,
            boolean biases,
            double gateFactor,
            double downFactor,
            double cutoff)
            implements FeedForwardPart {
        /** Of gates that are not cut off. */
        public static final double NO_CUTOFF = Double.NEGATIVE_INFINITY;

        /** Checks the width. */
        public FeedForward {
            Limits.whole("feed-forward size", width, 1, 1 << 20);
            Limits.number("gate multiplier", Math.abs(gateFactor), 1e-9, 1e9);
            Limits.number("down multiplier", Math.abs(downFactor), 1e-9, 1e9);
            if (cutoff != NO_CUTOFF) {
                Limits.number("cutoff of the gate", cutoff, -100, 100);
            }
            if ((activation == Activation.CLAMPED_SWIGLU || cutoff != NO_CUTOFF) && !gated) {
                throw new IllegalArgumentException(activation + " needs a gate");
            }
        }

        /** One whose gate is not cut off. */
        public FeedForward(
                int width, Activation activation, boolean gated, boolean biases, double gateFactor, double downFactor) {
            this(width, activation, gated, biases, gateFactor, downFactor, NO_CUTOFF);
        }

        /** One without factors. */
        public FeedForward(int width, Activation activation, boolean gated, boolean biases) {
            this(width, activation, gated, biases, 1, 1);
        }

        /** A gated one without biases and factors. */
        public FeedForward(int width, Activation activation) {
            this(width, activation, true, false);
        }

        /** Number of weight matrices. */
        private int matrices() {
            return gated ? 3 : 2;
        }

        @Override
        public long weightsOfRow(int hidden) {
            return (long) matrices() * hidden * width;
        }
    }

    /** No feed-forward part: a layer is its mixer alone. */
    public record None() implements FeedForwardPart {
        @Override
        public int width() {
            return 0;
        }

        @Override
        public long weightsOfRow(int hidden) {
            return 0;
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
        RELU_SQUARED,
        /** {@code g = min(gate, 7)}, {@code g * sigmoid(1.702 g) * (clamp(up, -7, 7) + 1)}: gated parts only (gpt-oss). */
        CLAMPED_SWIGLU
    }
}

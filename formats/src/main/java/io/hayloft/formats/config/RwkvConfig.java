package io.hayloft.formats.config;

/**
 * The time mix of RWKV-5: heads that remember the outer products of keys and values, each channel of the key with a decay of
 * its own (Peng et al., "Eagle and Finch", arXiv 2404.05892, section 4).
 *
 * @param hidden width of the residual stream, of which the newest row is remembered for the token shift
 * @param heads heads
 * @param headSize channels of a head's receptance, key and value
 * @param groupEpsilon added to the variance of a head's result
 */
public record RwkvConfig(int hidden, int heads, int headSize, double groupEpsilon) implements LayerConfig.Recurrent {
    /** Checks the sizes. */
    public RwkvConfig {
        Limits.whole("hidden size", hidden, 1, 1 << 20);
        Limits.whole("RWKV heads", heads, 1, 1 << 16);
        Limits.whole("RWKV head size", headSize, 1, 1024);
        Limits.whole("RWKV heads x head size", (long) heads * headSize, 1, 1 << 20);
        long state = hidden + (long) heads * headSize * headSize;
        Limits.whole("numbers of a layer's state", state, 1, Integer.MAX_VALUE);
        Limits.number("group norm epsilon", groupEpsilon, 0, 1);
    }

    /** Channels of all heads. */
    public int channels() {
        return heads * headSize;
    }

    /** The row before [hidden], then [heads][headSize of the key][headSize of the value]. */
    @Override
    public int stateFloats() {
        return hidden + channels() * headSize;
    }

    @Override
    public long weights(int hiddenSize) {
        return 5L * hiddenSize * channels();
    }

    /**
     * The feed-forward part of RWKV: {@code sigmoid(r receptanceᵀ) ⊙ (max(0, k keyᵀ)² valueᵀ)}, where r and k are mixed of a
     * row and the row before.
     *
     * @param hidden width of the residual stream, of which the newest row is remembered
     * @param width channels inside
     */
    public record ChannelMix(int hidden, int width) implements LayerConfig.FeedForwardPart {
        /** Checks the width. */
        public ChannelMix {
            Limits.whole("feed-forward size", width, 1, 1 << 20);
        }

        @Override
        public long weightsOfRow(int hiddenSize) {
            return hiddenSize * (2L * width + hiddenSize);
        }

        @Override
        public int stateFloats() {
            return hidden;
        }
    }
}

package io.hayloft.engine.model;

import io.hayloft.engine.attention.AttentionMass;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded during one prefill for the methods that compress its cache.
 *
 * <p>Filled by the attention layers while the prompt runs through them; read-only for methods.
 */
public final class PrefillSignals {
    private final DecoderConfig config;
    private final int tokens;
    private final int window;
    private final float[][] lastQueries;
    private final @Nullable AttentionMass[] mass;

    /**
     * Room for what is asked.
     *
     * @param tokens number of prompt tokens that will be read
     */
    public PrefillSignals(SignalRequest request, DecoderConfig config, int tokens) {
        throw new UnsupportedOperationException();
    }

    /** Number of prompt tokens the signals speak of. */
    public int tokens() {
        return tokens;
    }

    /** Number of recorded query rows: what was asked, at most the tokens of the prompt. */
    public int window() {
        return window;
    }

    /** Rotated queries of the last {@link #window()} prompt rows, oldest first: [window][queryHeads * headDim]. */
    public float[] lastQueries(int layer) {
        return lastQueries[layer];
    }

    /** Attention each token received, summed over the query rows: [queryHeads][tokens]. */
    public float[] attentionMass(int layer) {
        throw new UnsupportedOperationException();
    }
}

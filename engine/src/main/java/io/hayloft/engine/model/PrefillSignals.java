package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.attention.AttentionMass;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded during one prefill for the methods that compress its cache.
 *
 * <p>Attention layers fill it while the prompt runs through them; methods read it.
 */
public final class PrefillSignals {
    private final int tokens;
    private final int window;
    private final int queryWidth;
    private final float[][] lastQueries;
    private final @Nullable AttentionMass[] mass;

    /**
     * Room for what is asked.
     *
     * @param tokens number of prompt tokens that will be read, from position 0
     */
    public PrefillSignals(SignalRequest request, DecoderConfig config, int tokens) {
        this.tokens = tokens;
        window = Math.min(request.lastQueries(), tokens);
        queryWidth = config.queryHeads() * config.headDim();
        lastQueries = new float[config.layers()][window * queryWidth];
        mass = new AttentionMass[config.layers()];
        if (request.attentionMass()) {
            for (int layer = 0; layer < mass.length; layer++) {
                mass[layer] = new AttentionMass(config.queryHeads(), tokens);
            }
        }
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

    /**
     * Attention each token received, summed over the query rows: [queryHeads][tokens].
     *
     * @throws IllegalStateException if it was not asked for
     */
    public float[] attentionMass(int layer) {
        var sums = mass[layer];
        if (sums == null) {
            throw new IllegalStateException("attention mass was not asked for");
        }
        return sums.sums();
    }

    /** Keeps those of the rows {@code first ..} that are among the last of the prompt. */
    void recordQueries(int layer, int first, int rows, float[] queries) {
        int from = Math.max(first, tokens - window);
        int count = first + rows - from;
        if (count > 0) {
            int target = from - (tokens - window);
            System.arraycopy(
                    queries, (from - first) * queryWidth, lastQueries[layer], target * queryWidth, count * queryWidth);
        }
    }

    @Nullable
    AttentionMass massOf(int layer) {
        return mass[layer];
    }
}

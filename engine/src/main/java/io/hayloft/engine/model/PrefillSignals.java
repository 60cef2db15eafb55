package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.attention.AccumulatedAttention;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The signals recorded during one prefill for the methods that compress its cache, in layers whose queries see all tokens.
 *
 * <p>Attention layers fill it while the prompt runs through them; methods read it.
 */
public final class PrefillSignals {
    private final int tokens;
    private final int queryWindow;
    private final float[] @Nullable [] lastQueries;
    private final @Nullable AccumulatedAttention[] accumulated;

    /**
     * Room for what is asked.
     *
     * @param tokens number of prompt tokens that will be read, from position 0
     */
    public PrefillSignals(SignalRequest request, DecoderConfig config, int tokens) {
        this.tokens = tokens;
        queryWindow = Math.min(request.lastQueries(), tokens);
        lastQueries = new float[config.layers()] @Nullable [];
        accumulated = new @Nullable AccumulatedAttention[config.layers()];
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer).orElse(null);
            if (attention != null && !attention.sliding() && attention.keepsKv()) {
                lastQueries[layer] = new float[Math.multiplyExact(queryWindow, attention.queryWidth())];
                accumulated[layer] = request.accumulatedAttention()
                        ? new AccumulatedAttention(attention.queryHeads(), tokens)
                        : null;
            }
        }
    }

    /** Number of prompt tokens that were read. */
    public int tokens() {
        return tokens;
    }

    /** Number of recorded query rows: what was asked, at most the tokens of the prompt. */
    public int queryWindow() {
        return queryWindow;
    }

    /**
     * Rotated queries of the last {@link #queryWindow()} prompt rows, oldest first: [queryWindow][queryHeads * headDim].
     *
     * @throws IllegalStateException if the layer has a window, so that nothing was recorded
     */
    public float[] lastQueries(int layer) {
        var queries = lastQueries[layer];
        if (queries == null) {
            throw new IllegalStateException("layer " + layer + " has a window: its queries are not recorded");
        }
        return queries;
    }

    /**
     * Attention each token received, summed over the query rows: [queryHeads][tokens].
     *
     * @throws IllegalStateException if it was not asked for, or the layer has a window
     */
    public float[] accumulatedAttention(int layer) {
        var sums = accumulated[layer];
        if (sums == null) {
            throw new IllegalStateException(
                    "accumulated attention of layer " + layer + " was not asked for, or the layer has a window");
        }
        return sums.sums();
    }

    /**
     * Keeps those queries of a chunk that are among the last of the prompt.
     *
     * @param queries [rows][queryHeads * headDim]
     * @return where to accumulate the chunk's attention; null if nobody asks
     */
    @Nullable
    AccumulatedAttention record(int layer, Batch.Chunk chunk, float[] queries) {
        var kept = lastQueries[layer];
        int from = Math.max(chunk.first(), tokens - queryWindow);
        int count = chunk.first() + chunk.rows() - from;
        if (kept != null && count > 0) {
            int width = kept.length / queryWindow;
            int target = from - (tokens - queryWindow);
            System.arraycopy(queries, (from - chunk.first()) * width, kept, target * width, count * width);
        }
        return accumulated[layer];
    }

    /** Drops what was recorded, when the last method has read it. */
    public void clear() {
        Arrays.fill(lastQueries, null);
        Arrays.fill(accumulated, null);
    }
}

package io.hayloft.methods.allocate;

import io.hayloft.methods.Allocator;
import io.hayloft.methods.LayerScores;
import java.util.List;

/**
 * Ada-KV: the heads of a layer share their budget, and heads whose attention is spread over many tokens get more of it.
 *
 * <p>Idea: a head that looks at few tokens needs few. Formula: with b tokens a head, each head keeps its best
 * {@code floor(safeguard * b)}; the rest of the layer's {@code heads * b} tokens are the best of all heads together. Layers
 * get equal shares. Protected tokens count as the best.
 *
 * <p>Paper: Feng et al., "Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation for Efficient LLM Inference",
 * arXiv 2407.11550. Default: safeguard 0.2. Scores must mean the same in every head, as shares of attention do; norms of
 * keys do not. Among equal scores the newer token is the better one, then the earlier head. Deviation: the authors' code
 * rounds the size of each head, and so keeps a few tokens more or fewer than asked for; here, as in kvpress, the total is
 * exact.
 *
 * @param safeguard share of its budget that each head keeps at least, 0 to 1
 */
public record Ada(double safeguard) implements Allocator {
    /** The safeguard of the paper. */
    public static final Ada PAPER = new Ada(0.2);

    @Override
    public int[][] tokens(List<LayerScores> layers, long total) {
        var weights = new double[layers.size()];
        for (int layer = 0; layer < weights.length; layer++) {
            weights[layer] = layers.get(layer).heads();
        }
        var shares = Shares.divide(total, weights);
        var tokens = new int[weights.length][];
        for (int layer = 0; layer < tokens.length; layer++) {
            tokens[layer] = share(layers.get(layer), Math.toIntExact(shares[layer]));
        }
        return tokens;
    }

    private int[] share(LayerScores layer, int total) {
        int heads = layer.heads();
        int budget = total / heads;
        int safe = Math.max(1, (int) Math.floor(safeguard * ((double) total / heads)));
        // One array for all heads, in which a later place is the better one among equals: by token, then from the last
        // head.
        var all = new float[heads * layer.tokens()];
        var kept = new boolean[all.length];
        for (int head = 0; head < heads; head++) {
            int place = heads - 1 - head;
            var scores = withProtected(layer, head, budget);
            var best = new boolean[scores.length];
            LayerScores.mark(scores, best, Math.min(safe, budget), layer.tolerance());
            for (int i = 0; i < scores.length; i++) {
                all[i * heads + place] = scores[i];
                kept[i * heads + place] = best[i];
            }
        }
        LayerScores.mark(all, kept, total - heads * Math.min(safe, budget), layer.tolerance());
        var tokens = new int[heads];
        for (int i = 0; i < kept.length; i++) {
            tokens[heads - 1 - i % heads] += kept[i] ? 1 : 0;
        }
        return tokens;
    }

    /** The scores of a head, with infinity for protected tokens. */
    private static float[] withProtected(LayerScores layer, int head, int budget) {
        var scores = layer.scores()[head].clone();
        var kept = layer.protectedTokens(head, budget);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = kept[i] ? Float.POSITIVE_INFINITY : scores[i];
        }
        return scores;
    }
}

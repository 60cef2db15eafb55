package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;

/**
 * StreamingLLM's choice: the first tokens (attention sinks) and the newest ones.
 *
 * <p>Idea: models put attention on the first tokens whatever these say; keeping them and a sliding window keeps the
 * softmax in shape. Formula: the score of a token is its position; sinks come first.
 *
 * <p>Paper: Xiao et al., "Efficient Streaming Language Models with Attention Sinks", arXiv 2309.17453. Default: 4 sinks.
 * Deviation: kept tokens stay at their original positions unless {@code positions=slot} or {@code positions=clamped} is
 * given; the paper places them by their slots in the cache. A budget smaller than the number of sinks keeps sinks only as far as it goes, and always the newest token.
 */
public record SinkAndWindowScorer(int sinks) implements Scorer {
    @Override
    public boolean needsBudget() {
        return true;
    }

    @Override
    public float[][] score(LayerView view, int budget) {
        var scores = new float[view.shape().kvHeads()][view.tokens()];
        int keptSinks = Math.min(sinks, budget - 1);
        for (var head : scores) {
            for (int i = 0; i < head.length; i++) {
                head[i] = i < keptSinks ? Float.POSITIVE_INFINITY : i;
            }
        }
        return scores;
    }
}

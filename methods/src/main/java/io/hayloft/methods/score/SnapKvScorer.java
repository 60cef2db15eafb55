package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.methods.Protection;
import io.hayloft.methods.Scorer;
import java.util.Arrays;
import java.util.List;

/**
 * SnapKV: the last queries of the prompt show which tokens generation will read.
 *
 * <p>Formula: with W the last w queries (the observation window), {@code a_i = mean over t in W of softmax(q_t K /
 * sqrt(d))_i} for {@code i < n-w}; {@code a} is smoothed by average pooling of width {@code kernel} and averaged over the
 * query heads of a KV head. The observation window itself is always kept.
 *
 * <p>Paper: Li et al., "SnapKV: LLM Knows What You are Looking for Before Generation", arXiv 2404.14469, section 4.
 * Defaults: window 32, kernel 5 (the runtime defaults of the authors' code). Deviation: scores are averaged over the
 * query heads of a group before the choice, so that grouped-query models keep their smaller cache. The method is
 * query-aware: it means little when the question is not among the last w tokens.
 *
 * @param window queries of the observation window
 * @param kernel odd width of the pooling
 */
public record SnapKvScorer(int window, int kernel) implements Scorer {
    @Override
    public SignalRequest signals() {
        return new SignalRequest(window, false);
    }

    @Override
    public List<Protection> protections() {
        return List.of(new Protection.Newest(window));
    }

    @Override
    public float[][] score(LayerView view) {
        int tokens = view.tokens();
        int queries = Math.min(window, Math.min(view.queryWindow(), tokens));
        var attention = Scores.groupMean(
                Scores.attentionOfLastQueries(view, queries), view.shape().kvHeads());
        var scores = new float[view.shape().kvHeads()][];
        for (int head = 0; head < scores.length; head++) {
            scores[head] = Arrays.copyOf(Scores.averagePool(attention[head], tokens - queries, kernel), tokens);
        }
        return scores;
    }
}

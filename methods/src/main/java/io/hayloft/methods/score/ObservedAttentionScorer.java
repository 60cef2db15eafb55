package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.methods.Scorer;

/**
 * Observed attention: the mean attention a token received from the prompt queries that could see it.
 *
 * <p>Formula: {@code s_i = (sum over queries t of A_t,i) / (n - i)}, averaged over the query heads of a KV head. Dividing
 * takes away the advantage that H2O's raw sum gives to early tokens; no window is protected.
 *
 * <p>Source: {@code ObservedAttentionPress} of kvpress, H2O at the end of the prompt.
 */
public record ObservedAttentionScorer() implements Scorer {
    @Override
    public SignalRequest signals() {
        return new SignalRequest(0, true);
    }

    @Override
    public float[][] score(LayerView view) {
        var scores = Scores.copy(Scores.groupAttention(view));
        for (var head : scores) {
            for (int i = 0; i < head.length; i++) {
                head[i] /= head.length - i;
            }
        }
        return scores;
    }
}

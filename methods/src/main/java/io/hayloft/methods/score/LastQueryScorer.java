package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.methods.Protection;
import io.hayloft.methods.Scorer;
import java.util.Arrays;
import java.util.List;

/**
 * TOVA: tokens that the newest query attends to, the same in every head of a layer.
 *
 * <p>Formula: {@code s_i = mean over all query heads of softmax(q_n K / sqrt(d))_i}.
 *
 * <p>Paper: Oren et al., "Transformers are Multi-State RNNs", arXiv 2401.06104. {@code tova} is the paper's method and goes on
 * with {@link io.hayloft.methods.policy.LastQueryEviction} at every step. {@code tova-prompt} chooses once, after the prompt,
 * and always keeps the newest token, as kvpress does.
 *
 * @param keepsNewest whether the newest token is kept whatever its score
 */
public record LastQueryScorer(boolean keepsNewest) implements Scorer {
    @Override
    public SignalRequest signals() {
        return new SignalRequest(1, false);
    }

    @Override
    public List<Protection> protections() {
        return keepsNewest ? List.of(new Protection.Newest(1)) : List.of();
    }

    @Override
    public float[][] score(LayerView view) {
        var mean = Scores.groupMean(Scores.attentionOfLastQueries(view, 1), 1)[0];
        var scores = new float[view.shape().kvHeads()][];
        Arrays.fill(scores, mean);
        return scores;
    }
}

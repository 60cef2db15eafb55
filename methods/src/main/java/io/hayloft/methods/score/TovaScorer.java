package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import java.util.Arrays;

/**
 * TOVA: keep what the newest query attends to, the same tokens for every head of a layer.
 *
 * <p>Formula: {@code s_i = mean over all query heads of softmax(q_n K / sqrt(d))_i}; the newest token is always kept.
 *
 * <p>Paper: Oren et al., "Transformers are Multi-State RNNs", arXiv 2401.06104. Deviation: the choice is made once, after
 * the prompt; the paper evicts one token at every step.
 */
public record TovaScorer() implements Scorer {
    @Override
    public SignalRequest signals() {
        return new SignalRequest(1, false);
    }

    @Override
    public float[][] score(LayerView view, int budget) {
        var mean = Scores.groupMean(Scores.attentionOfLastQueries(view, 1), 1)[0];
        mean[mean.length - 1] = Float.POSITIVE_INFINITY;
        var scores = new float[view.shape().kvHeads()][];
        Arrays.fill(scores, mean);
        return scores;
    }
}

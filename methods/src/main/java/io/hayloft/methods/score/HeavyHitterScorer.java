package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import java.util.Arrays;

/**
 * H2O's choice at the end of the prompt: half the budget for the heaviest tokens, half for the newest.
 *
 * <p>Idea: few tokens collect most of the attention. Formula: {@code S_i = sum over all prompt queries t of A_t,i},
 * averaged over the query heads of a KV head; the newest {@code budget - budget/2} tokens are kept whatever their mass.
 *
 * <p>Paper: Zhang et al., "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of Large Language Models", arXiv
 * 2306.14048, section 4. Deviation: the mean over the group, since the paper has no grouped-query models. Raw sums favour
 * early tokens, which more queries can see; that is the method as published.
 */
public record HeavyHitterScorer() implements Scorer {
    /** Tokens of a budget that are reserved for the newest ones. */
    public static int recent(int budget) {
        return budget - budget / 2;
    }

    @Override
    public SignalRequest signals() {
        return new SignalRequest(0, true);
    }

    @Override
    public boolean needsBudget() {
        return true;
    }

    @Override
    public float[][] score(LayerView view, int budget) {
        var scores = Scores.copy(Scores.groupMass(view));
        int tokens = view.tokens();
        for (var head : scores) {
            Arrays.fill(head, tokens - Math.min(tokens, recent(budget)), tokens, Float.POSITIVE_INFINITY);
        }
        return scores;
    }
}

package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.methods.Protection;
import io.hayloft.methods.Scorer;
import java.util.List;

/**
 * H2O: tokens that collected most attention, and the newest; the prompt's part of {@link
 * io.hayloft.methods.policy.HeavyHitterEviction}.
 *
 * <p>Idea: few tokens collect most of the attention. Formula: {@code S_i = sum over all prompt queries t of A_t,i},
 * averaged over the query heads of a KV head; half of the budget, rounded up, goes to the newest tokens whatever their
 * scores.
 *
 * <p>Paper: Zhang et al., "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of Large Language Models", arXiv
 * 2306.14048, section 4. Deviation: the mean over the group, since the paper has no grouped-query models. Raw sums favour
 * early tokens, which more queries can see; that is the method as published.
 */
public record HeavyHitterScorer() implements Scorer {
    /** Tokens that are kept whatever their scores. */
    public static final Protection RECENT = new Protection.NewestHalf();

    @Override
    public SignalRequest signals() {
        return new SignalRequest(0, true);
    }

    @Override
    public List<Protection> protections() {
        return List.of(RECENT);
    }

    @Override
    public float[][] score(LayerView view) {
        return Scores.groupAttention(view);
    }
}

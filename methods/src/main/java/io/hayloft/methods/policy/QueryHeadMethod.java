package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Budget;
import io.hayloft.methods.Method;
import io.hayloft.methods.MethodId;
import org.jspecify.annotations.Nullable;

/**
 * H2O with a choice of its own for each query head: {@code h2o-paper}, and {@code h2o} with {@code heads=query}.
 *
 * <p>Idea and formula are those of {@link io.hayloft.methods.score.HeavyHitterScorer}, without the mean over the query heads
 * of a KV head; {@link QueryHeadEviction} has the details. Source: code of arXiv 2407.01527, which counts only queries after
 * the prompt, and the other class of that code, which counts the prompt's too.
 *
 * @param budget tokens that each query head may use, half of them those with most attention and half the newest
 * @param promptCounts whether the attention of the prompt's queries counts; if not, the first step after the prompt sees
 *     the full cache and is the first to count, so that two tokens are free
 */
public record QueryHeadMethod(MethodId id, Budget budget, boolean promptCounts) implements Method {
    @Override
    public double requestedRatio() {
        return id.textRatio() * budget.requestedRatio();
    }

    @Override
    public SignalRequest signals() {
        return promptCounts ? new SignalRequest(0, true) : SignalRequest.NONE;
    }

    @Override
    public int freeTokens() {
        return promptCounts ? 1 : 2;
    }

    /** The union of the tokens that the query heads of a group use, which are different ones at worst. */
    @Override
    public int keptTokens(int prompt, int group) {
        int seen = promptCounts ? prompt : prompt + 1; // the step after the prompt sets the budget
        return (int) Math.min(prompt, group * 2L * QueryHeadEviction.half(budget, seen));
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        var config = prefill.model().config();
        var source = prefill.cache();
        var shape = source.shape();
        var policy = new QueryHeadEviction(budget, shape, config.firstAttention().orElseThrow().groupSize());
        var kept = new int[shape.layers()] @Nullable [][];
        for (int layer = 0; promptCounts && layer < kept.length; layer++) {
            if (shape.seesAll(layer)) {
                kept[layer] = policy.startWith(layer, prefill.view(layer).accumulatedAttention(), prefill.tokens());
            }
        }
        var pool = prefill.model().pool();
        return Compaction.select(source, kept, source.codec(), policy, pool);
    }
}

package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.Shapes;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Budget;
import io.hayloft.methods.CacheBuilder;

/**
 * Caches with {@link QueryHeadEviction}.
 *
 * @param budget tokens that each query head may use, half of them the heaviest and half the newest
 * @param promptCounts whether the attention of the prompt's queries counts; if not, the first step after the prompt sees
 *     the full cache and is the first to count, so that two tokens are free
 */
public record QueryHeadBuilder(Budget budget, boolean promptCounts) implements CacheBuilder {
    @Override
    public SignalRequest signals() {
        return promptCounts ? new SignalRequest(0, true) : SignalRequest.NONE;
    }

    @Override
    public int freeTokens() {
        return promptCounts ? 1 : 2;
    }

    /** The union of what the query heads of a group use, which are different tokens at worst. */
    @Override
    public int keptTokens(int prompt, int group) {
        int seen = promptCounts ? prompt : prompt + 1; // the step after the prompt sets the budget
        return (int) Math.min(prompt, group * 2L * QueryHeadEviction.half(budget, seen));
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        var config = prefill.model().config();
        var windows = Shapes.cache(config).windowOfLayer();
        var policy = new QueryHeadEviction(budget, windows, config.kvHeads(), config.groupSize());
        var kept = new int[windows.length][][];
        if (promptCounts) {
            for (int layer = 0; layer < windows.length; layer++) {
                var heads = policy.startWith(layer, prefill.signals().attentionMass(layer), prefill.tokens());
                if (heads != null) {
                    kept[layer] = heads;
                }
            }
        }
        var source = prefill.cache();
        var pool = prefill.model().pool();
        return Compaction.select(source, kept, source.codec(), prefill.reserveNewTokens(), policy, pool);
    }
}

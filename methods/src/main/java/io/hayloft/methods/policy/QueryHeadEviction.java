package io.hayloft.methods.policy;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import io.hayloft.methods.Budget;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * H2O as the code of arXiv 2407.01527 has it: every query head chooses for itself, and its choice hides the other tokens
 * from it. A hidden token loses its weight, so that it never returns; one that is hidden from all query heads of a KV head
 * leaves its cache, which changes no result. What remains is the union of their choices, up to as many times the budget as
 * there are query heads in a group.
 *
 * <p>After each step a query head may use the newest tokens, and of those before them the ones that got most attention from
 * it so far. The two sets meet: runs of the code, recorded step by step, show no place between them that is in
 * neither. The code hides tokens and keeps their memory. For Mistral models its first layer starts one step later, by
 * accident; here all models are treated as its Llama models.
 */
public final class QueryHeadEviction implements CachePolicy {
    private final Budget budget;
    private final @Nullable HeadVotes[][] votes; // [layer][KV head]; null for layers that are left alone
    private int half;

    /**
     * Starts with a full cache and without weights; the first step sees all tokens, and its number of tokens sets the
     * budget, half of it for the tokens with most attention and half for the newest.
     *
     * @param shape of the cache; layers that do not see all tokens are left alone
     * @param groups query heads that share a KV head, by layer
     */
    public QueryHeadEviction(Budget budget, CacheShape shape, IntUnaryOperator groups) {
        this(budget, 0, new @Nullable HeadVotes[shape.layers()][]);
        for (int layer = 0; layer < votes.length; layer++) {
            int kvHeads = shape.isKv(layer) ? shape.kv(layer).kvHeads() : 0;
            votes[layer] = new @Nullable HeadVotes[kvHeads];
            for (int head = 0; shape.seesAll(layer) && head < kvHeads; head++) {
                votes[layer][head] = new HeadVotes(groups.applyAsInt(layer));
            }
        }
    }

    private QueryHeadEviction(Budget budget, int half, @Nullable HeadVotes[][] votes) {
        this.budget = budget;
        this.half = half;
        this.votes = votes;
    }

    /**
     * Lets the attention of the prompt count.
     *
     * @param attention accumulated attention of the prompt's tokens [queryHeads][tokens]
     * @return slots to keep of each KV head, ascending; null for a layer that is left alone
     */
    public int @Nullable [][] startWith(int layer, float[] attention, int tokens) {
        setBudget(tokens);
        var kept = new int[votes[layer].length][];
        for (int head = 0; head < kept.length; head++) {
            var own = votes[layer][head];
            if (own == null) {
                return null;
            }
            own.load(attention, head, tokens);
            own.choose(slot -> slot, tokens, half);
            kept[head] = own.retain();
        }
        return kept;
    }

    private void setBudget(int tokens) {
        if (half == 0) {
            half = half(budget, tokens);
        }
    }

    /** How many of the newest tokens a query head uses, and how many of those with most attention: at least one of each. */
    static int half(Budget budget, int tokens) {
        return Math.max(1, budget.capacity(tokens) / 2);
    }

    @Override
    public boolean wantsProbabilities() {
        return true;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        for (int head = 0; head < cache.kvHeads(); head++) {
            var own = votes[layer][head];
            if (own != null) {
                int kvHead = head;
                int seen = cache.position(head, cache.length(head) - 1) + 1; // the newest token is the last one
                setBudget(seen);
                own.add(attention, head);
                own.choose(slot -> cache.position(kvHead, slot), seen, half);
                own.evict(cache, head);
            }
        }
    }

    @Override
    public @Nullable TokenMask mask(int layer) {
        var heads = votes[layer];
        return heads[0] == null
                ? null
                : (queryHead, slot, count, scores, at) -> {
                    var own = heads[queryHead * heads.length / queryHeads(heads)];
                    if (own != null) {
                        own.hide(queryHead % own.group(), slot, count, scores, at);
                    }
                };
    }

    /**
     * Attention that a query head gave so far to the token in a slot of its KV head; 0 for layers that are left alone.
     *
     * @param group query heads that share a KV head
     */
    public float score(int layer, int queryHead, int group, int slot) {
        var own = votes[layer][queryHead / group];
        return own == null ? 0 : own.score(queryHead % group, slot);
    }

    private static int queryHeads(@Nullable HeadVotes[] heads) {
        var first = heads[0];
        return first == null ? heads.length : heads.length * first.group();
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (var heads : votes) {
            for (var own : heads) {
                bytes += own == null ? 0 : own.bytes();
            }
        }
        return bytes;
    }

    @Override
    public CachePolicy fork() {
        var copy = new @Nullable HeadVotes[votes.length][];
        for (int layer = 0; layer < votes.length; layer++) {
            copy[layer] = new @Nullable HeadVotes[votes[layer].length];
            for (int head = 0; head < copy[layer].length; head++) {
                var own = votes[layer][head];
                copy[layer][head] = own == null ? null : own.copy();
            }
        }
        return new QueryHeadEviction(budget, half, copy);
    }
}

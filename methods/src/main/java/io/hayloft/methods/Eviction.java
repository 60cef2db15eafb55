package io.hayloft.methods;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.methods.DecodeRule.KeptTokens;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the tokens that stay when a prompt has been read: the best by a score, within a budget that an allocator
 * shares among layers and heads. Layers with a sliding window are left alone, since they bound themselves.
 *
 * @param scorer scores the tokens of a layer
 * @param budget tokens that a KV head keeps on average
 * @param allocator shares the budget among layers and heads
 * @param rule what happens to the cache afterwards
 */
public record Eviction(Scorer scorer, Budget budget, Allocator allocator, DecodeRule rule) {
    /** Chooses the tokens of a prompt that was read exactly. */
    public KeptTokens choose(Prefilled prefill) {
        var scores = scores(prefill);
        var scored = new ArrayList<LayerScores>();
        long heads = 0;
        for (var layer : scores) {
            if (layer != null) {
                scored.add(layer);
                heads += layer.heads();
            }
        }
        int kept = budget.keptTokens(prefill.tokens());
        int spare = budget.capacity(prefill.tokens()) - kept;
        var tokens = allocator.tokens(scored, kept * heads);
        var slots = new int[scores.length][][];
        var capacities = new int[scores.length][];
        int next = 0;
        for (int layer = 0; layer < scores.length; layer++) {
            if (scores[layer] != null) {
                slots[layer] = new int[scores[layer].heads()][];
                capacities[layer] = tokens[next++];
            }
        }
        prefill.model().pool().run(scores.length, (layer, worker) -> {
            var own = scores[layer];
            for (int head = 0; own != null && head < own.heads(); head++) {
                slots[layer][head] = own.top(head, capacities[layer][head]);
                capacities[layer][head] += spare;
            }
        });
        return new KeptTokens(slots, capacities);
    }

    /** The scores of each layer, computed once for all methods of the prefill; null for layers that are left alone. */
    private @Nullable LayerScores[] scores(Prefilled prefill) {
        var scores = new @Nullable LayerScores[prefill.model().config().layers()];
        var protections = scorer.protections();
        float tolerance = scorer.tieTolerance();
        prefill.model().pool().run(scores.length, (layer, worker) -> {
            if (prefill.cache().shape().seesAll(layer)) {
                var view = prefill.view(layer);
                var own = view.once(scorer, () -> scorer.score(view));
                scores[layer] = new LayerScores(own, protections, tolerance);
            }
        });
        return scores;
    }
}

package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.methods.DecodeRule;
import io.hayloft.methods.score.Scores;

/** Hands the accumulated attention of the prompt's kept tokens on to {@link HeavyHitterEviction}. */
public record HeavyHitterRule() implements DecodeRule {
    @Override
    public CachePolicy policy(Prefilled prefill, KeptTokens kept) {
        var layers = kept.slots();
        var attention = new float[layers.length][][];
        for (int layer = 0; layer < layers.length; layer++) {
            var heads = layers[layer];
            if (heads != null) {
                attention[layer] = gather(Scores.groupAttention(prefill.view(layer)), heads);
            }
        }
        return new HeavyHitterEviction(kept.capacities(), attention);
    }

    /** The sums of the kept slots, in new arrays. */
    private static float[][] gather(float[][] attention, int[][] kept) {
        var gathered = new float[kept.length][];
        for (int head = 0; head < kept.length; head++) {
            gathered[head] = new float[kept[head].length];
            for (int slot = 0; slot < kept[head].length; slot++) {
                gathered[head][slot] = attention[head][kept[head][slot]];
            }
        }
        return gathered;
    }
}

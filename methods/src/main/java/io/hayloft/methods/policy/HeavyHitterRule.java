package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.methods.score.HeavyHitterScorer;
import io.hayloft.methods.score.Scores;
import org.jspecify.annotations.Nullable;

/** Hands the attention mass of the prompt's kept tokens on to {@link HeavyHitterEviction}. */
public record HeavyHitterRule() implements DecodeRule {
    @Override
    public CachePolicy policy(Prefilled prefill, int[] @Nullable [][] kept, int capacity) {
        var mass = new float[kept.length][][];
        for (int layer = 0; layer < kept.length; layer++) {
            var heads = kept[layer];
            if (heads != null) {
                mass[layer] = gather(Scores.groupMass(prefill.view(layer)), heads);
            }
        }
        return new HeavyHitterEviction(capacity, HeavyHitterScorer.recent(capacity), mass);
    }

    /** The mass of the kept slots, of new arrays. */
    private static float[][] gather(float[][] mass, int[][] kept) {
        var gathered = new float[kept.length][];
        for (int head = 0; head < kept.length; head++) {
            gathered[head] = new float[kept[head].length];
            for (int slot = 0; slot < kept[head].length; slot++) {
                gathered[head][slot] = mass[head][kept[head][slot]];
            }
        }
        return gathered;
    }
}

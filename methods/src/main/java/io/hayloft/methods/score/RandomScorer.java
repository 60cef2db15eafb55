package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.methods.Scorer;

/**
 * Random eviction: the control that every method has to beat.
 *
 * <p>Idea: a method that keeps no better tokens than chance has learned nothing. Each KV head of each layer keeps its own
 * uniformly random set; no sink and no recent window is protected. Reproducible: a score depends on the seed of the
 * sample, the method's own seed, the layer, the head and the position only.
 *
 * <p>Source: the control of kvpress. Default: {@code seed=0}.
 */
public record RandomScorer(int seed) implements Scorer {
    /** Draws are exact. */
    @Override
    public float tieTolerance() {
        return 0;
    }

    @Override
    public float[][] score(LayerView view) {
        var scores = new float[view.shape().kvHeads()][view.tokens()];
        for (int head = 0; head < scores.length; head++) {
            long stream = mix(mix(view.seed() + seed) + 1000L * view.layer() + head);
            for (int i = 0; i < view.tokens(); i++) {
                scores[head][i] = (mix(stream + i) >>> 40) * 0x1p-24f;
            }
        }
        return scores;
    }

    /** A bijective mix of 64 bits (the finaliser of SplitMix64, Steele et al., OOPSLA 2014). */
    private static long mix(long value) {
        long bits = value + 0x9E3779B97F4A7C15L;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}

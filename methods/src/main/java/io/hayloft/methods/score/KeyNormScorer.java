package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.kernels.VectorOps;

/**
 * Key norm: tokens whose keys are short tend to receive much attention.
 *
 * <p>Formula: {@code s_i = -||k_i||_2}. No attention is needed, and no query.
 *
 * <p>Paper: Devoto et al., "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression", arXiv 2406.11430.
 * Deviation: the paper leaves the first two layers whole; here every layer is compressed.
 */
public record KeyNormScorer() implements Scorer {
    @Override
    public float[][] score(LayerView view, int budget) {
        int dim = view.shape().headDim();
        var scores = new float[view.shape().kvHeads()][view.tokens()];
        for (int head = 0; head < scores.length; head++) {
            var keys = view.keys(head);
            for (int i = 0; i < view.tokens(); i++) {
                scores[head][i] = -(float) Math.sqrt(VectorOps.dot(keys, i * dim, keys, i * dim, dim));
            }
        }
        return scores;
    }
}

package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer: x Wᵀ + b.
 *
 * @param weights [outputs][inputs]
 * @param bias [outputs]; null for none
 */
record Dense(Linear weights, float @Nullable [] bias) {
    /** Adds the bias, if there is one, to rows {@code from .. to-1} of products y [rows][outputs]. */
    void addBias(float[] y, int from, int to) {
        int n = weights.outputs();
        for (int row = from; row < to && bias != null; row++) {
            VectorOps.addInPlace(y, row * n, bias, 0, n);
        }
    }
}

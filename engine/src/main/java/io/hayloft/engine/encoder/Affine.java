package io.hayloft.engine.encoder;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** A linear layer with a bias. */
record Affine(Linear weight, float[] bias) {
    /** x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
    void apply(float[] x, int rows, float[] y, WorkerPool pool) {
        weight.prefill(x, rows, y, pool);
        for (int row = 0; row < rows; row++) {
            VectorOps.addInPlace(y, row * bias.length, bias, 0, bias.length);
        }
    }
}

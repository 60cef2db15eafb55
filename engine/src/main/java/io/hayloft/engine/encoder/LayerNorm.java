package io.hayloft.engine.encoder;

import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.WorkerPool;

/** Norm of every row of an activation, in place. */
record LayerNorm(float[] weight, float[] bias, double epsilon) {
    private static final int ROWS_OF_A_TASK = 32;

    void apply(float[] x, int rows, WorkerPool pool) {
        int n = weight.length;
        pool.run((rows + ROWS_OF_A_TASK - 1) / ROWS_OF_A_TASK, (task, worker) -> {
            int end = Math.min(rows, (task + 1) * ROWS_OF_A_TASK);
            for (int row = task * ROWS_OF_A_TASK; row < end; row++) {
                EncoderOps.layerNorm(x, row * n, n, weight, bias, epsilon);
            }
        });
    }
}

package io.hayloft.engine.encoder;

import io.hayloft.formats.config.EncoderConfig;
import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** Attention of every token to every token of its sequence. */
final class SelfAttention {
    private final int heads;
    private final int headDim;
    private final float scale;

    SelfAttention(EncoderConfig config) {
        heads = config.heads();
        headDim = config.headDim();
        scale = (float) (1 / Math.sqrt(headDim));
    }

    /** query, key and value {@code [rows][hidden]} of the scratch to its {@code mixed}; a task is a head. */
    void attend(Scratch s, WorkerPool pool) {
        pool.run(heads, (head, worker) -> attendHead(s, head));
    }

    private void attendHead(Scratch s, int head) {
        int n = s.rows;
        int stride = heads * headDim;
        int at = head * headDim;
        var keys = transposed(s.key, at, n, stride);
        var weights = new float[n];
        for (int row = 0; row < n; row++) {
            EncoderOps.multiply(s.query, row * stride + at, headDim, keys, 0, n, n, weights, 0);
            VectorOps.scale(weights, 0, n, scale);
            VectorOps.softmax(weights, 0, n);
            EncoderOps.multiply(weights, 0, n, s.value, at, stride, headDim, s.mixed, row * stride + at);
        }
    }

    /** The keys of a head as {@code [headDim][n]}. */
    private float[] transposed(float[] key, int at, int n, int stride) {
        var keys = new float[headDim * n];
        for (int row = 0; row < n; row++) {
            for (int d = 0; d < headDim; d++) {
                keys[d * n + row] = key[row * stride + at + d];
            }
        }
        return keys;
    }
}

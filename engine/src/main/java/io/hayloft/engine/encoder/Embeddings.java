package io.hayloft.engine.encoder;

import io.hayloft.formats.config.EncoderConfig;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** Sum of word, position and type vectors, normed. Word vectors are read from the file: most are never needed. */
record Embeddings(EncoderConfig config, Tensor words, float[] positions, float[] firstType, LayerNorm norm) {
    /** Fills x {@code [rows][hidden]} of the scratch. */
    void apply(int[] ids, Scratch s, WorkerPool pool) {
        int n = config.hidden();
        for (int row = 0; row < ids.length; row++) {
            words.readRow(ids[row], s.x, row * n);
            VectorOps.addInPlace(s.x, row * n, positions, (config.firstPosition() + row) * n, n);
            VectorOps.addInPlace(s.x, row * n, firstType, 0, n);
        }
        norm.apply(s.x, ids.length, pool);
    }
}

package io.hayloft.engine.encoder;

import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** One layer: attention and feed-forward, each added to its input and normed. */
record EncoderLayer(
        Affine query,
        Affine key,
        Affine value,
        SelfAttention attention,
        Affine output,
        LayerNorm attentionNorm,
        Affine up,
        Affine down,
        LayerNorm outputNorm) {
    void apply(Scratch s, WorkerPool pool) {
        int rows = s.rows;
        query.apply(s.x, rows, s.query, pool);
        key.apply(s.x, rows, s.key, pool);
        value.apply(s.x, rows, s.value, pool);
        attention.attend(s, pool);
        output.apply(s.mixed, rows, s.added, pool);
        VectorOps.addInPlace(s.x, 0, s.added, 0, s.x.length);
        attentionNorm.apply(s.x, rows, pool);
        up.apply(s.x, rows, s.inner, pool);
        int inner = s.inner.length / rows;
        pool.run(rows, (row, worker) -> EncoderOps.gelu(s.inner, row * inner, inner));
        down.apply(s.inner, rows, s.added, pool);
        VectorOps.addInPlace(s.x, 0, s.added, 0, s.x.length);
        outputNorm.apply(s.x, rows, pool);
    }
}

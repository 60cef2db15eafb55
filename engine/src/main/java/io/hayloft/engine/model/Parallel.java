package io.hayloft.engine.model;

import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import org.jspecify.annotations.Nullable;

/**
 * Attention and feed-forward part side by side, as in GPT-J and its followers: both read the residual stream as it was
 * before the layer, and their results are added up.
 *
 * @param mixer attention
 * @param feedForwardNorm norm through which the feed-forward part reads; null if it shares that of attention
 * @param hidden width of the residual stream
 */
record Parallel(
        Layer.Update mixer, @Nullable Norm feedForwardNorm, Layer.Update feedForward, int hidden, WorkerPool pool)
        implements Layer.Update {
    @Override
    public @Nullable AttentionShape attention() {
        return mixer.attention();
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public boolean readsTogether() {
        return mixer.readsTogether() && feedForward.readsTogether();
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        mixer.apply(x, batch, out, a);
        var normed = x;
        if (feedForwardNorm != null) {
            normed = a.normed;
            Rows.run(pool, batch.rows(), (from, to) -> feedForwardNorm.apply(a.x, a.normed, from, to));
        }
        feedForward.apply(normed, batch, a.branch, a);
        Rows.run(
                pool,
                batch.rows(),
                (from, to) -> VectorOps.addInPlace(out, from * hidden, a.branch, from * hidden, (to - from) * hidden));
    }
}

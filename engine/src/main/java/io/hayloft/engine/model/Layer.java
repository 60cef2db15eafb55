package io.hayloft.engine.model;

import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * One layer: norm, mixer, residual, norm, feed-forward, residual.
 *
 * @param postMixerNorm normalises what the mixer adds, null for most architectures
 * @param postFeedForwardNorm normalises what the feed-forward layer adds, null for most architectures
 */
record Layer(
        RmsNorm mixerNorm,
        Mixer mixer,
        @Nullable RmsNorm postMixerNorm,
        RmsNorm feedForwardNorm,
        FeedForward feedForward,
        @Nullable RmsNorm postFeedForwardNorm,
        int hidden,
        WorkerPool pool) {

    /** Runs the rows of the residual stream {@code a.x} [rows][hidden] through the layer, in place. */
    void forward(Batch batch, Activations a) {
        mix(batch, a);
        feedForward(batch, a);
    }

    /** The first half: x += mixer(norm(x)). */
    void mix(Batch batch, Activations a) {
        Rows.run(pool, batch.rows(), (from, to) -> mixerNorm.apply(a.x, a.normed, from, to));
        mixer.mix(a.normed, batch, a.update, a);
        Rows.run(pool, batch.rows(), (from, to) -> addUpdate(postMixerNorm, a, from, to));
    }

    /** The second half: x += feedForward(norm(x)). Works on each row alone. */
    void feedForward(Batch batch, Activations a) {
        Rows.run(pool, batch.rows(), (from, to) -> feedForwardNorm.apply(a.x, a.normed, from, to));
        feedForward.apply(a.normed, batch, a.update, a);
        Rows.run(pool, batch.rows(), (from, to) -> addUpdate(postFeedForwardNorm, a, from, to));
    }

    /** x += norm(update), on rows {@code from .. to-1}. */
    private void addUpdate(@Nullable RmsNorm norm, Activations a, int from, int to) {
        if (norm != null) {
            norm.apply(a.update, a.update, from, to);
        }
        VectorOps.addInPlace(a.x, from * hidden, a.update, from * hidden, (to - from) * hidden);
    }
}

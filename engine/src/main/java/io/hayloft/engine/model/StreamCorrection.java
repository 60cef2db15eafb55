package io.hayloft.engine.model;

import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * Corrects all residual streams by what a layer made of the active one, and adds what the token puts into the layer to all
 * but the first.
 *
 * @param layer number of the layer
 * @param layers number of all layers, each of which has an input
 * @param activation of the gate of the token's input
 */
record StreamCorrection(
        int layer,
        int layers,
        StreamRouter router,
        TokenInput token,
        Activation activation,
        int hidden,
        WorkerPool pool)
        implements Layer.RowStep {
    /**
     * The way of a token's input into the streams: {@code norm((act(s x Gᵀ) ⊙ input) Oᵀ)}.
     *
     * @param scale s [hidden]; null for none
     * @param gate [tokenWidth][hidden]
     * @param out [hidden][tokenWidth]
     */
    record TokenInput(float @Nullable [] scale, Linear gate, Linear out, Norm norm) {}

    @Override
    public void forward(Batch batch, Activations a) {
        int rows = batch.rows();
        int count = router.streams().streams();
        var room = StreamRouter.Room.of(a, 1, rows, count, count);
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                correct(row, room, a);
            }
        });
        int width = token.gate.outputs();
        var gates = a.scratch(0, rows, width);
        batch.multiply(token.gate, a.x, gates, pool);
        Rows.run(pool, rows, (from, to) -> multiplyInputs(gates, from, to, a));
        batch.multiply(token.out, gates, a.update, pool); // [rows][hidden]
        Rows.run(pool, rows, (from, to) -> {
            token.norm.apply(a.update, a.update, from, to);
            for (int row = from; row < to; row++) {
                addToOthers(row, a);
            }
        });
    }

    /** Corrects the streams of a row; x becomes the active one, scaled. */
    private void correct(int row, StreamRouter.Room room, Activations a) {
        int count = router.streams().streams();
        int at = row * count * hidden;
        int own = row * hidden;
        router.correct(a.x, row, a, room);
        int active = at + router.streams().active() * hidden;
        VectorOps.addScaled(a.x, own, a.streams, active, hidden, -1); // what the layer has changed
        for (int i = 0; i < count; i++) {
            VectorOps.addScaled(a.streams, at + i * hidden, a.x, own, hidden, room.factors()[row * count + i]);
        }
        System.arraycopy(a.streams, active, a.x, own, hidden);
        if (token.scale != null) {
            VectorOps.multiplyInPlace(a.x, own, token.scale, 0, hidden);
        }
    }

    private void multiplyInputs(float[] gates, int from, int to, Activations a) {
        int width = token.gate.outputs();
        FeedForward.activate(activation, gates, from * width, (to - from) * width);
        for (int row = from; row < to; row++) {
            VectorOps.multiplyInPlace(gates, row * width, a.tokenInputs, (row * layers + layer) * width, width);
        }
    }

    private void addToOthers(int row, Activations a) {
        int count = router.streams().streams();
        for (int i = 1; i < count; i++) { // all but the first, whichever is active
            VectorOps.addInPlace(a.streams, (row * count + i) * hidden, a.update, row * hidden, hidden);
        }
    }
}

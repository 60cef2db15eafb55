package io.hayloft.engine.model;

import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** Predicts all residual streams from what they were before a layer, and hands the layer the active one. */
record StreamPrediction(StreamRouter router, int hidden, WorkerPool pool) implements Layer.RowStep {
    @Override
    public void forward(Batch batch, Activations a) {
        int count = router.streams().streams();
        var before = a.scratch(0, batch.rows(), count * hidden); // [rows][streams][hidden]
        var room = StreamRouter.Room.of(a, 1, batch.rows(), count, count * count);
        Rows.run(pool, batch.rows(), (from, to) -> {
            for (int row = from; row < to; row++) {
                predict(row, before, room, a);
            }
        });
    }

    private void predict(int row, float[] before, StreamRouter.Room room, Activations a) {
        int count = router.streams().streams();
        int at = row * count * hidden;
        System.arraycopy(a.streams, at, before, at, count * hidden);
        int active = router.streams().active() * hidden;
        System.arraycopy(before, at + active, a.x, row * hidden, hidden);
        router.predict(a.x, row, a, room);
        for (int to = 0; to < count; to++) {
            for (int from = 0; from < count; from++) {
                float factor = room.factors()[(row * count + to) * count + from];
                VectorOps.addScaled(a.streams, at + to * hidden, before, at + from * hidden, hidden, factor);
            }
        }
        System.arraycopy(a.streams, at + active, a.x, row * hidden, hidden);
    }
}

package io.hayloft.engine.model;

import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * Makes one residual stream of several: the mean of the first and of products with the others, which get its size.
 *
 * @param weights of each other stream [hidden][hidden]
 */
record StreamEnd(StreamsConfig streams, List<Linear> weights, int hidden, WorkerPool pool) implements Layer.RowStep {
    /** Of products, so that one of nothing is not divided by nothing. */
    private static final double SMALLEST_MEAN_SQUARE = 1e-5;

    @Override
    public void forward(Batch batch, Activations a) {
        int rows = batch.rows();
        int count = streams.streams();
        Rows.run(pool, rows, (from, to) -> copy(0, a, a.x, from, to));
        var others = a.scratch(0, rows, hidden);
        var product = a.scratch(1, rows, hidden);
        for (int i = 1; i < count; i++) {
            int stream = i;
            Rows.run(pool, rows, (from, to) -> copy(stream, a, others, from, to));
            batch.multiply(weights.get(i - 1), others, product, pool);
            Rows.run(pool, rows, (from, to) -> {
                for (int row = from; row < to; row++) {
                    resize(product, row * hidden, a.streams, row * count * hidden, hidden);
                    VectorOps.addInPlace(a.x, row * hidden, product, row * hidden, hidden);
                }
            });
        }
        Rows.run(pool, rows, (from, to) -> VectorOps.scale(a.x, from * hidden, (to - from) * hidden, 1f / count));
    }

    private void copy(int stream, Activations a, float[] out, int from, int to) {
        for (int row = from; row < to; row++) {
            int at = (row * streams.streams() + stream) * hidden;
            System.arraycopy(a.streams, at, out, row * hidden, hidden);
        }
    }

    /** Gives a vector the root mean square of another. */
    static void resize(float[] x, int at, float[] like, int likeAt, int n) {
        double own = Math.max(VectorOps.rootMeanSquare(x, at, n), Math.sqrt(SMALLEST_MEAN_SQUARE));
        VectorOps.scale(x, at, n, (float) (VectorOps.rootMeanSquare(like, likeAt, n) / own));
    }
}

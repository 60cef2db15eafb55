package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.Arrays;
import java.util.List;

/**
 * A mixture of experts: each row goes through those feed-forward parts whose probabilities, the softmax of the router's
 * logits over all experts, are largest; the result is their sum, weighted with these probabilities.
 *
 * <p>Experts work one after the other, each on all its rows at once, so that the sum of a row runs in the order of experts
 * whatever the batch.
 *
 * @param router [experts][hidden]
 * @param chosen experts of a row
 */
record ExpertMixture(Linear router, List<FeedForward> experts, int chosen, WorkerPool pool) implements Layer.Update {
    @Override
    public boolean rowwise() {
        return true;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int hidden = router.inputs();
        int count = experts.size();
        var weights = a.scratch(0, rows, count); // [rows][experts], 0 where the row does not go
        batch.multiply(router, x, weights, pool);
        Rows.run(pool, rows, (from, to) -> route(weights, from, to));
        var gathered = a.scratch(1, rows, hidden);
        var results = a.scratch(2, rows, hidden);
        Arrays.fill(out, 0, rows * hidden, 0);
        for (int expert = 0; expert < count; expert++) {
            int taken = 0;
            for (int row = 0; row < rows; row++) {
                if (weights[row * count + expert] > 0) {
                    System.arraycopy(x, row * hidden, gathered, taken++ * hidden, hidden);
                }
            }
            if (taken > 0) {
                experts.get(expert).apply(gathered, batch.withRows(taken), results, a);
                add(weights, expert, results, out, rows);
            }
        }
    }

    /** Logits become probabilities, of which only the largest stay. */
    private void route(float[] weights, int from, int to) {
        int count = experts.size();
        var indices = new int[chosen];
        var values = new float[chosen];
        for (int row = from; row < to; row++) {
            VectorOps.softmax(weights, row * count, count);
            int found = VectorOps.topK(weights, row * count, count, chosen, indices, values);
            Arrays.fill(weights, row * count, (row + 1) * count, 0);
            for (int i = 0; i < found; i++) {
                weights[row * count + indices[i]] = values[i];
            }
        }
    }

    /** out += weight * result, for the rows of an expert. */
    private void add(float[] weights, int expert, float[] results, float[] out, int rows) {
        int hidden = router.inputs();
        int taken = 0;
        for (int row = 0; row < rows; row++) {
            float weight = weights[row * experts.size() + expert];
            if (weight > 0) {
                VectorOps.scale(results, taken * hidden, hidden, weight);
                VectorOps.addInPlace(out, row * hidden, results, taken * hidden, hidden);
                taken++;
            }
        }
    }
}

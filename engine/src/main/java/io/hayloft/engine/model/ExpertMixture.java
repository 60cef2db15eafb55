package io.hayloft.engine.model;

import io.hayloft.kernels.ActivationOps;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mixture of experts: each row goes through those feed-forward parts that the router chooses, and, in some models, through
 * one that all rows share; the result is their weighted sum.
 *
 * <p>Experts work one after the other, each on all its rows at once, so that the sum of a row runs in the order of experts
 * whatever the batch.
 *
 * @param shared what every row goes through; null for nothing
 */
record ExpertMixture(
        ExpertRouter router,
        List<FeedForward> experts,
        @Nullable Shared shared,
        WorkerPool pool) implements Layer.Update {
    /**
     * The part that every row goes through.
     *
     * @param gate [hidden], whose product with a row gives the number whose sigmoid the result is multiplied with; null for
     *     none
     */
    record Shared(FeedForward part, float @Nullable [] gate) {}

    @Override
    public boolean rowwise() {
        return true;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        int rows = batch.rows();
        int hidden = router.logits().weights().inputs();
        int slots = rows * router.config().chosen();
        var scores = a.scratch(0, rows, experts.size());
        var weights = a.scratch(1, rows, router.config().chosen());
        var chosen = a.indices(0, slots);
        batch.multiply(router.logits().weights(), x, scores, pool);
        Rows.run(pool, rows, (from, to) -> router.choose(scores, from, to, chosen, weights));
        var ends = a.indices(1, experts.size());
        var order = a.indices(2, slots);
        group(chosen, slots, ends, experts.size(), order);
        var gathered = a.scratch(2, rows, hidden);
        var results = a.scratch(3, rows, hidden);
        Arrays.fill(out, 0, rows * hidden, 0);
        int first = 0;
        for (int expert = 0; expert < experts.size(); expert++) {
            int count = ends[expert] - first;
            if (count > 0) {
                gather(x, order, first, count, gathered);
                experts.get(expert).apply(gathered, batch.withRows(count), results, a);
                add(results, order, first, count, weights, out);
            }
            first = ends[expert];
        }
        if (shared != null) {
            shared.part.apply(x, batch, results, a);
            var gate = shared.gate;
            Rows.run(pool, rows, (from, to) -> {
                if (gate != null) {
                    close(gate, x, scores, results, from, to);
                }
                VectorOps.addInPlace(out, from * hidden, results, from * hidden, (to - from) * hidden);
            });
        }
    }

    /**
     * Orders the slots of all rows by their experts, and those of an expert by row.
     *
     * @param chosen expert of each slot
     * @param ends receives, for each expert, the number of slots up to its last
     * @param order receives slots
     */
    private static void group(int[] chosen, int slots, int[] ends, int experts, int[] order) {
        Arrays.fill(ends, 0, experts, 0);
        for (int slot = 0; slot < slots; slot++) {
            ends[chosen[slot]]++;
        }
        for (int expert = 1; expert < experts; expert++) {
            ends[expert] += ends[expert - 1];
        }
        for (int slot = slots - 1; slot >= 0; slot--) {
            order[--ends[chosen[slot]]] = slot;
        }
        for (int slot = 0; slot < slots; slot++) { // begins have become ends again
            ends[chosen[slot]]++;
        }
    }

    /** Copies the rows of slots {@code order[first ... first + count - 1]}. */
    private void gather(float[] x, int[] order, int first, int count, float[] gathered) {
        int hidden = router.logits().weights().inputs();
        for (int i = 0; i < count; i++) {
            int row = order[first + i] / router.config().chosen();
            System.arraycopy(x, row * hidden, gathered, i * hidden, hidden);
        }
    }

    /** out += weight * result, for the rows of an expert. */
    private void add(float[] results, int[] order, int first, int count, float[] weights, float[] out) {
        int hidden = router.logits().weights().inputs();
        for (int i = 0; i < count; i++) {
            int slot = order[first + i];
            VectorOps.scale(results, i * hidden, hidden, weights[slot]);
            VectorOps.addInPlace(out, slot / router.config().chosen() * hidden, results, i * hidden, hidden);
        }
    }

    /** result = sigmoid(x · gate) * result, on rows {@code from .. to-1}. */
    private static void close(float[] gate, float[] x, float[] open, float[] results, int from, int to) {
        int hidden = gate.length;
        for (int row = from; row < to; row++) {
            open[row] = VectorOps.dot(x, row * hidden, gate, 0, hidden);
        }
        ActivationOps.sigmoid(open, from, to - from);
        for (int row = from; row < to; row++) {
            VectorOps.scale(results, row * hidden, hidden, open[row]);
        }
    }
}

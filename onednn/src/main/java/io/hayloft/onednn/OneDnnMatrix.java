package io.hayloft.onednn;

import io.hayloft.engine.kernel.PrefillBackend;
import io.hayloft.engine.kernel.WorkerPool;
import java.util.List;

/**
 * A weight matrix {@code [outputs][inputs]} as stripes of outputs. Threads share a product by rows and stripes.
 *
 * @param outputs length of an output row
 */
record OneDnnMatrix(int outputs, List<Stripe> stripes, ProductWorker[] workers, WorkerPool pool)
        implements PrefillBackend.Matrix {
    /** Tasks for each thread at least, where there are enough rows, so that none waits long for another. */
    private static final int TASKS_PER_THREAD = 2;

    /**
     * Some consecutive outputs.
     *
     * @param first first of them
     * @param products compiled for their number
     * @param weights memory of their weights
     */
    record Stripe(int first, List<Product> products, long weights) {}

    @Override
    public void multiply(float[] x, int rows, float[] y) {
        int taskRows = taskRows(rows);
        int rowTasks = (rows + taskRows - 1) / taskRows;
        pool.run(rowTasks * stripes.size(), (task, worker) -> {
            var stripe = stripes.get(task % stripes.size());
            int first = task / stripes.size() * taskRows;
            int count = Math.min(taskRows, rows - first);
            var product = Products.fitting(stripe.products, count);
            workers[worker].multiply(product, stripe.weights, x, first, count, y, outputs, stripe.first);
        });
    }

    private int taskRows(int rows) {
        int size = Products.MOST_ROWS;
        while (size > Products.LEAST_ROWS
                && (rows + size - 1) / size * stripes.size() < TASKS_PER_THREAD * pool.threads()) {
            size /= 2;
        }
        return size;
    }
}

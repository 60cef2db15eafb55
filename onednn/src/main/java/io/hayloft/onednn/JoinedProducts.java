package io.hayloft.onednn;

import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * The products of some rows with several matrices as tasks of one run: a block of rows and a stripe each. Blocks of rows
 * follow each other, so that the stripe's weights stay in the caches.
 */
final class JoinedProducts implements WorkerPool.Task {
    /** Tasks for each thread at least, where there are enough rows, so that none waits long for another. */
    private static final int TASKS_PER_THREAD = 4;

    private final List<OneDnnMatrix> matrices;
    private final Arithmetic x;
    private final int rows;
    private final float[][] y;
    private final ProductWorker[] workers;
    private final int stripes;
    private final int taskRows;
    private final int rowTasks;

    JoinedProducts(List<OneDnnMatrix> matrices, Arithmetic x, int rows, float[][] y, ProductWorker[] workers) {
        this.matrices = matrices;
        this.x = x;
        this.rows = rows;
        this.y = y;
        this.workers = workers;
        int count = 0;
        for (var matrix : matrices) {
            count += matrix.stripes().size();
        }
        stripes = count;
        int size = Products.MOST_ROWS;
        while (size > Products.LEAST_ROWS && (rows + size - 1) / size * stripes < TASKS_PER_THREAD * workers.length) {
            size /= 2;
        }
        taskRows = size;
        rowTasks = (rows + size - 1) / size;
    }

    int tasks() {
        return rowTasks * stripes;
    }

    @Override
    public void run(int task, int worker) {
        int stripe = task / rowTasks;
        int matrix = 0;
        while (stripe >= matrices.get(matrix).stripes().size()) {
            stripe -= matrices.get(matrix++).stripes().size();
        }
        multiply(matrices.get(matrix), stripe, task % rowTasks * taskRows, y[matrix], workers[worker]);
    }

    private void multiply(OneDnnMatrix matrix, int number, int first, float[] result, ProductWorker worker) {
        var stripe = matrix.stripes().get(number);
        int count = Math.min(taskRows, rows - first);
        for (int i = 0; i < stripe.blocks().size(); i++) {
            var block = stripe.blocks().get(i);
            var product = block.products().fitting(count);
            var sums = worker.multiply(product, block.weights(), x.address(i, first));
            x.addResults(
                    sums, stripe.outputs(), block.scales(), i, first, count, result, matrix.outputs(), stripe.first());
        }
    }
}

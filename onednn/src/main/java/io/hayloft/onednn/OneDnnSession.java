package io.hayloft.onednn;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The matrices of one model in oneDNN: owns its handles; the weights lie in the model's memory. */
final class OneDnnSession implements PrefillBackend.Session {
    /** Outputs of a stripe at most: its results for 64 rows stay in the second-level cache until they are copied. */
    private static final int STRIPE = 1024;

    /** Stripes begin at multiples of this many outputs, which the library handles together. */
    private static final int STEP = 64;

    private final OneDnn library;
    private final NativeMemory memory;
    private final WorkerPool pool;
    private final ProductWorker[] workers;
    private final Handles handles;
    private final Products products;
    private final Arithmetic arithmetic;
    private long bytes;

    /**
     * No matrices yet.
     *
     * @param arithmetic closed with the session
     * @param memory owns the packed weights
     */
    OneDnnSession(OneDnn library, Arithmetic arithmetic, NativeMemory memory, WorkerPool pool) {
        this.library = library;
        this.memory = memory;
        this.pool = pool;
        this.handles = new Handles(library);
        this.arithmetic = arithmetic;
        this.products = new Products(library, handles, arithmetic.types());
        this.workers = new ProductWorker[pool.threads()];
        try {
            for (int i = 0; i < workers.length; i++) {
                workers[i] = new ProductWorker(library, library.stream(handles));
            }
        } catch (RuntimeException e) {
            handles.close();
            throw e;
        }
    }

    @Override
    public Optional<PrefillBackend.Matrix> pack(WeightRows rows) {
        library.setThreadsOfCaller(1);
        int outputs = rows.rows();
        int parts = (outputs + STRIPE - 1) / STRIPE;
        int width = ((outputs + parts - 1) / parts + STEP - 1) / STEP * STEP;
        var blocks = arithmetic.blocks(rows.columns());
        try {
            // All shapes must be possible before memory is taken for the first.
            for (int i = 0; i < blocks.count(); i++) {
                products.of(blocks.size(i), Math.min(width, outputs));
                products.of(blocks.size(i), outputs - (outputs - 1) / width * width);
            }
        } catch (OneDnnException e) {
            if (e.unimplemented()) {
                return Optional.empty(); // the engine's own kernels take every shape
            }
            throw e;
        }
        var stripes = new ArrayList<OneDnnMatrix.Stripe>();
        for (int first = 0; first < outputs; first += width) {
            stripes.add(reserve(first, Math.min(width, outputs - first), blocks));
        }
        pool.run(stripes.size(), (index, worker) -> fill(rows, blocks, stripes.get(index), workers[worker]));
        return Optional.of(new OneDnnMatrix(rows.columns(), outputs, List.copyOf(stripes), this));
    }

    /** Memory for the weights of a stripe, and for their scales. */
    private OneDnnMatrix.Stripe reserve(int first, int outputs, Blocks blocks) {
        var parts = new ArrayList<OneDnnMatrix.Block>();
        for (int i = 0; i < blocks.count(); i++) {
            var set = products.of(blocks.size(i), outputs);
            long size = library.bytes(set.weights());
            long packed = library.memory(handles, set.weights(), memory.allocate(size));
            var scales = arithmetic.newScales(outputs, memory);
            bytes += size + (scales == null ? 0 : scales.bytes());
            parts.add(new OneDnnMatrix.Block(set, packed, scales));
        }
        return new OneDnnMatrix.Stripe(first, outputs, List.copyOf(parts));
    }

    /** Writes a stripe's weights, as factors, in the layouts that the library chose. */
    private void fill(WeightRows rows, Blocks blocks, OneDnnMatrix.Stripe stripe, ProductWorker worker) {
        int factorBytes = arithmetic.types().factorBytes();
        int outputs = stripe.outputs();
        try (var space = new NativeMemory("conversion of weights")) {
            var plain = space.allocate((long) factorBytes * outputs * blocks.inputs()); // [blocks][outputs][inputs]
            var row = new float[blocks.inputs()];
            for (int output = 0; output < outputs; output++) {
                rows.readRow(stripe.first() + output, row, 0);
                for (int i = 0; i < blocks.count(); i++) {
                    int first = blocks.first(i);
                    int count = blocks.size(i);
                    long at = factorBytes * ((long) outputs * first + (long) output * count);
                    var scales = stripe.blocks().get(i).scales();
                    arithmetic.writeWeights(row, first, count, scales, output, plain, at);
                }
            }
            for (int i = 0; i < blocks.count(); i++) {
                long at = (long) factorBytes * outputs * blocks.first(i);
                var block = stripe.blocks().get(i);
                worker.convert(block.products().conversion(), plain.address() + at, block.weights());
            }
        }
    }

    @Override
    public void multiply(List<PrefillBackend.Matrix> matrices, float[] x, int rows, float[][] y) {
        var own = new ArrayList<OneDnnMatrix>(matrices.size());
        for (var matrix : matrices) {
            own.add((OneDnnMatrix) matrix);
        }
        arithmetic.fill(x, rows, own.getFirst().inputs(), pool);
        var products = new JoinedProducts(own, arithmetic, rows, y, workers);
        pool.run(products.tasks(), products);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try (handles;
                arithmetic) {
            for (var worker : workers) {
                worker.close();
            }
        }
    }
}

package io.hayloft.onednn;

import io.hayloft.engine.kernel.BrainFloats;
import io.hayloft.engine.kernel.PrefillBackend;
import io.hayloft.engine.kernel.WorkerPool;
import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.WeightRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The matrices of one model in oneDNN: owns its handles; the weights lie in the model's memory, 2 bytes each. */
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
    private final RoundedRows rounded = new RoundedRows();
    private long bytes;

    OneDnnSession(OneDnn library, NativeMemory memory, WorkerPool pool) {
        this.library = library;
        this.memory = memory;
        this.pool = pool;
        this.handles = new Handles(library);
        this.products = new Products(library, handles);
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
        var stripes = new ArrayList<OneDnnMatrix.Stripe>();
        try {
            // The widths of all stripes must be possible before memory is taken for the first.
            products.of(rows.columns(), Math.min(width, outputs));
            products.of(rows.columns(), outputs - (outputs - 1) / width * width);
        } catch (OneDnnException e) {
            if (e.unimplemented()) {
                return Optional.empty(); // the engine's own kernels take every shape
            }
            throw e;
        }
        for (int first = 0; first < outputs; first += width) {
            stripes.add(reserve(first, products.of(rows.columns(), Math.min(width, outputs - first))));
        }
        pool.run(stripes.size(), (index, worker) -> fill(rows, stripes.get(index), workers[worker]));
        return Optional.of(new OneDnnMatrix(rows.columns(), outputs, List.copyOf(stripes), this));
    }

    /** Memory for the weights of a stripe. */
    private OneDnnMatrix.Stripe reserve(int first, List<Product> set) {
        long description = library.weightsOf(set.getFirst().plan());
        long size = library.bytes(description);
        long packed = library.memory(handles, description, memory.allocate(size));
        bytes += size;
        return new OneDnnMatrix.Stripe(first, set, packed);
    }

    /** Writes a stripe's weights, rounded to bfloat16, in the layout that the library chose. */
    private void fill(WeightRows rows, OneDnnMatrix.Stripe stripe, ProductWorker worker) {
        library.setThreadsOfCaller(1);
        var product = stripe.products().getFirst();
        int inputs = product.inputs();
        int outputs = product.outputs();
        try (var own = new Handles(library);
                var space = new NativeMemory("conversion of weights")) {
            long plain = library.matrix(own, OneDnn.BF16, inputs, outputs, 1, inputs); // [outputs][inputs], transposed
            long plan = library.planConversion(own, plain, library.weightsOf(product.plan()));
            var rounded = space.allocate(2L * inputs * outputs);
            var row = new float[inputs];
            for (int i = 0; i < outputs; i++) {
                rows.readRow(stripe.first() + i, row, 0);
                BrainFloats.round(row, 0, rounded, 2L * i * inputs, inputs);
            }
            long from = library.memory(own, plain, rounded);
            long scratchpad = library.scratchpadOf(plan);
            long scratch = library.memory(own, scratchpad, space.allocate(library.bytes(scratchpad)));
            worker.convert(library.primitive(own, plan), from, stripe.weights(), scratch);
        }
    }

    @Override
    public void multiply(List<PrefillBackend.Matrix> matrices, float[] x, int rows, float[][] y) {
        var own = new ArrayList<OneDnnMatrix>(matrices.size());
        for (var matrix : matrices) {
            own.add((OneDnnMatrix) matrix);
        }
        rounded.fill(x, rows, own.getFirst().inputs(), pool);
        var products = new JoinedProducts(own, rounded, rows, y, workers);
        pool.run(products.tasks(), products);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try (handles;
                rounded) {
            for (var worker : workers) {
                worker.close();
            }
        }
    }
}

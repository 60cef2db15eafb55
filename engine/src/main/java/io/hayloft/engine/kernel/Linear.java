package io.hayloft.engine.kernel;

import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.WeightRows;

/** A linear layer {@code y = x Wᵀ} with packed weights. */
public final class Linear {
    private final int inputs;
    private final int outputs;
    private final long bytes;

    private Linear(int inputs, int outputs, long bytes) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.bytes = bytes;
    }

    /** Packs the rows of a weight matrix {@code [outputs][inputs]}. */
    public static Linear pack(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        return new Linear(rows.columns(), rows.rows(), 0);
    }

    /** Length of an input row. */
    public int inputs() {
        return inputs;
    }

    /** Length of an output row. */
    public int outputs() {
        return outputs;
    }

    /** Bytes that the packed weights hold. */
    public long bytes() {
        return bytes;
    }

    /** Many rows of a prompt: x [rows][inputs] to y [rows][outputs]. */
    public void prefill(float[] x, int rows, float[] y, WorkerPool pool) {
        throw new UnsupportedOperationException();
    }

    /** One row of each sequence of a batch: x [rows][inputs] to y [rows][outputs]. */
    public void decode(float[] x, int rows, float[] y, WorkerPool pool) {
        throw new UnsupportedOperationException();
    }
}

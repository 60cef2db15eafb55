package io.hayloft.onednn;

import io.hayloft.engine.kernel.BrainFloats;
import io.hayloft.engine.kernel.WorkerPool;
import io.hayloft.engine.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Activations in bfloat16 {@code [rows][inputs]}, which all products of a run read. Grows to the largest size used. */
final class RoundedRows implements AutoCloseable {
    private static final String PURPOSE = "rows of a prompt in 16 bits";

    /** Rows that one task rounds. */
    private static final int TASK = 32;

    private NativeMemory memory = new NativeMemory(PURPOSE);
    private MemorySegment data = MemorySegment.NULL;
    private int inputs;

    /** Rounds rows; what was there before is gone. */
    void fill(float[] x, int rows, int inputs, WorkerPool pool) {
        this.inputs = inputs;
        reserve(2L * (rows + Products.MOST_ROWS) * inputs); // a product reads rows beyond, whatever is there
        pool.run((rows + TASK - 1) / TASK, (task, worker) -> {
            int from = task * TASK * inputs;
            int count = Math.min(TASK, rows - task * TASK) * inputs;
            BrainFloats.round(x, from, data, 2L * from, count);
        });
    }

    private void reserve(long bytes) {
        if (data.byteSize() < bytes) {
            close();
            memory = new NativeMemory(PURPOSE);
            data = memory.allocate(bytes);
        }
    }

    /** Address of a row. */
    long address(int row) {
        return data.address() + 2L * row * inputs;
    }

    @Override
    public void close() {
        data = MemorySegment.NULL;
        memory.close();
    }
}

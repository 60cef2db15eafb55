package io.hayloft.onednn;

import io.hayloft.formats.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Memory for rows of a prompt as factors, {@code [blocks][rows][inputs of the block]}. Grows to the largest size used. */
final class FactorRows implements AutoCloseable {
    private static final String PURPOSE = "rows of a prompt for oneDNN";

    private final int factorBytes;
    private NativeMemory memory = new NativeMemory(PURPOSE);
    private MemorySegment data = MemorySegment.NULL;
    private Blocks blocks = new Blocks(1, 1);
    private int capacity;

    FactorRows(int factorBytes) {
        this.factorBytes = factorBytes;
    }

    /** Makes room for rows; what was there before is gone. */
    void reserve(int rows, Blocks blocks) {
        this.blocks = blocks;
        capacity = rows + Products.MOST_ROWS; // a product reads rows beyond, whatever is there
        long bytes = (long) factorBytes * capacity * blocks.inputs();
        if (data.byteSize() < bytes) {
            close();
            memory = new NativeMemory(PURPOSE);
            data = memory.allocate(bytes);
        }
    }

    MemorySegment data() {
        return data;
    }

    /** Where a row of a block begins, in bytes. */
    long offset(int block, int row) {
        return factorBytes * ((long) capacity * blocks.first(block) + (long) row * blocks.size(block));
    }

    long address(int block, int row) {
        return data.address() + offset(block, row);
    }

    @Override
    public void close() {
        data = MemorySegment.NULL;
        memory.close();
    }
}

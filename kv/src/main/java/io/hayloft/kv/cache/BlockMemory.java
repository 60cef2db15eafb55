package io.hayloft.kv.cache;

import io.hayloft.formats.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** The memory of one layer's cache: hands out blocks of a few sizes and takes them back for reuse. */
final class BlockMemory implements AutoCloseable {
    /** A stretch of memory of the size that was asked for. */
    record Block(MemorySegment segment, long offset) {}

    private final NativeMemory memory = new NativeMemory("the cache of a sequence");
    private final Map<Integer, ArrayDeque<Block>> spare = new HashMap<>();
    private MemorySegment piece = MemorySegment.NULL;
    private long used;
    private long spareBytes;

    /** Takes memory in one piece, from which the next blocks are cut in the order in which they are asked for. */
    void reserve(long bytes) {
        piece = memory.allocate(bytes);
        used = 0;
    }

    /** A zeroed block. */
    Block take(int bytes) {
        var reusable = spare.get(bytes);
        if (reusable != null && !reusable.isEmpty()) {
            var block = reusable.pop();
            spareBytes -= bytes;
            block.segment.asSlice(block.offset, bytes).fill((byte) 0);
            return block;
        }
        if (used + bytes <= piece.byteSize()) {
            used += bytes;
            return new Block(piece, used - bytes);
        }
        return new Block(memory.allocate(bytes), 0);
    }

    /** Takes back a block for reuse. */
    void give(Block block, int bytes) {
        spare.computeIfAbsent(bytes, size -> new ArrayDeque<>()).push(block);
        spareBytes += bytes;
    }

    /** Bytes of blocks that were given back and not taken again. */
    long spareBytes() {
        return spareBytes;
    }

    /** Bytes allocated. */
    long bytes() {
        return memory.allocatedBytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}

package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Blocks of one size, in order; grows at the end, shrinks at both ends. */
final class BlockList {
    private final int blockBytes;
    private BlockMemory memory;
    private MemorySegment[] segments = new MemorySegment[4];
    private long[] offsets = new long[4];
    private int size;
    private int owned;

    BlockList(BlockMemory memory, int blockBytes) {
        this.memory = memory;
        this.blockBytes = blockBytes;
    }

    /** Bytes of a block that hold this much: a multiple of the alignment of memory. */
    static int rounded(int bytes) {
        return Math.addExact(bytes, 63) & -64;
    }

    int size() {
        return size;
    }

    /** Bytes of the blocks in use. */
    long bytes() {
        return (long) size * blockBytes;
    }

    MemorySegment segment(int block) {
        return segments[block];
    }

    long offset(int block) {
        return offsets[block];
    }

    /** Owns at least this many blocks, those not yet in use included. */
    void reserve(int blocks) {
        if (blocks > segments.length) {
            segments = Arrays.copyOf(segments, Math.max(blocks, 2 * segments.length));
            offsets = Arrays.copyOf(offsets, segments.length);
        }
        while (owned < blocks) {
            var block = memory.take(blockBytes);
            segments[owned] = block.segment();
            offsets[owned++] = block.offset();
        }
    }

    /** Appends a zeroed block. */
    void add() {
        reserve(size + 1);
        size++;
    }

    /** Gives back the last block, and those reserved behind it. */
    void removeLast() {
        size--;
        while (owned > size) {
            give(--owned);
        }
    }

    /** Gives back the first blocks; the others move to the front. */
    void removeFirst(int blocks) {
        for (int i = 0; i < blocks; i++) {
            give(i);
        }
        System.arraycopy(segments, blocks, segments, 0, owned - blocks);
        System.arraycopy(offsets, blocks, offsets, 0, owned - blocks);
        owned -= blocks;
        size -= blocks;
    }

    private void give(int block) {
        memory.give(new BlockMemory.Block(segments[block], offsets[block]), blockBytes);
    }

    /** Replaces this list's blocks by copies of another's. */
    void copyFrom(BlockList source) {
        reserve(source.size);
        size = source.size;
        for (int i = 0; i < size; i++) {
            MemorySegment.copy(source.segments[i], source.offsets[i], segments[i], offsets[i], blockBytes);
        }
    }
}

package io.hayloft.kv.cache;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Blocks of one size, in order; grows at the end, shrinks at both ends. Forks share blocks until one of them writes. */
final class BlockList {
    /** Offsets are multiples of 64; this bit marks blocks that were in use when a fork was made. */
    private static final long SHARED = 1;

    private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES; // of a compressed reference and an offset

    private final int blockBytes;
    private final BlockMemory memory;
    private BlockMemory.Piece[] pieces = {};
    private long[] places = {}; // offset in the piece, and whether it is shared
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

    /** Bytes of the blocks that an append up to this many blocks takes, beyond those owned. */
    long missing(int blocks) {
        return (long) Math.max(0, blocks - owned) * blockBytes;
    }

    int size() {
        return size;
    }

    /** Bytes of the blocks in use. */
    long bytes() {
        return (long) size * blockBytes;
    }

    /** Bytes of the table on the Java heap. */
    long tableBytes() {
        return (long) pieces.length * ENTRY_BYTES;
    }

    MemorySegment segment(int block) {
        return pieces[block].segment;
    }

    long offset(int block) {
        return places[block] & ~SHARED;
    }

    /** Owns at least this many blocks, those not yet in use included. */
    void reserve(int blocks) {
        grow(blocks, blocks);
        while (owned < blocks) {
            var block = memory.take(blockBytes);
            pieces[owned] = block.piece();
            places[owned++] = block.offset();
        }
    }

    private void grow(int blocks, int capacity) {
        if (blocks > pieces.length) {
            pieces = Arrays.copyOf(pieces, capacity);
            places = Arrays.copyOf(places, capacity);
        }
    }

    /** Appends a zeroed block. */
    void add() {
        grow(size + 1, size + 4 + size / 16);
        reserve(size + 1);
        size++;
    }

    /** Makes sure that a block can be written: one that a fork may use is replaced by a copy. */
    void own(int block) {
        if ((places[block] & SHARED) != 0) {
            unshare(block);
        }
    }

    private void unshare(int block) {
        var old = pieces[block];
        long offset = offset(block);
        if (!old.exclusive()) {
            var copy = memory.replacement(blockBytes);
            MemorySegment.copy(old.segment, offset, copy.piece().segment, copy.offset(), blockBytes);
            pieces[block] = copy.piece();
            places[block] = copy.offset();
            memory.lose(old);
        } else {
            places[block] = offset;
        }
    }

    /** Gives back the blocks from this one on, and those reserved behind them. */
    void truncate(int blocks) {
        if (blocks < size) {
            size = blocks;
            while (owned > size) {
                give(--owned);
            }
        }
    }

    /** Gives back the first blocks; the others move to the front. */
    void removeFirst(int blocks) {
        for (int i = 0; i < blocks; i++) {
            give(i);
        }
        System.arraycopy(pieces, blocks, pieces, 0, owned - blocks);
        System.arraycopy(places, blocks, places, 0, owned - blocks);
        owned -= blocks;
        size -= blocks;
    }

    private void give(int block) {
        memory.give(pieces[block], offset(block), blockBytes, (places[block] & SHARED) != 0);
    }

    /** Fills this list, which is empty, with copies of another's blocks. */
    void copyFrom(BlockList source) {
        reserve(source.size);
        size = source.size;
        for (int i = 0; i < size; i++) {
            MemorySegment.copy(source.segment(i), source.offset(i), segment(i), offset(i), blockBytes);
        }
    }

    /** Fills this list, which is empty, with the blocks of another, which from now on belong to both. */
    void share(BlockList source) {
        grow(source.size, source.size);
        for (int i = 0; i < source.size; i++) {
            source.places[i] |= SHARED;
            pieces[i] = memory.adopt(source.pieces[i], blockBytes);
            places[i] = source.places[i];
        }
        size = source.size;
        owned = size;
    }
}

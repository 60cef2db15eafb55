package io.hayloft.kv.cache;

import io.hayloft.formats.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one layer's cache: hands out blocks of a few sizes and takes them back for reuse.
 *
 * <p>Forks share slabs of memory. A slab is freed when its last owner lets go of it; a block that was in use when a fork
 * was made belongs to both and is copied before one of them writes to it ({@link BlockList}).
 *
 * <p>Two counts go side by side. {@link #bytes} counts blocks as if this were the only owner, so that what a sequence
 * takes does not depend on which others live. {@link #addReserved} counts what is really reserved.
 */
public final class BlockMemory implements AutoCloseable {
    /** A slab grows the memory by at most this part of what is in use. */
    private static final int GROWTH = 64;

    private static final long SCATTERED_BYTES = 4 << 20;

    /** Memory that was reserved in one piece, and how many caches hold blocks in it. */
    private static final class Slab {
        private final NativeMemory memory = new NativeMemory("the cache of a sequence");
        private final MemorySegment segment;
        private final AtomicInteger owners = new AtomicInteger(1);

        Slab(long bytes) {
            segment = memory.reserve(bytes);
        }

        void release() {
            if (owners.decrementAndGet() == 0) {
                memory.close();
            }
        }
    }

    /** One owner's part of a slab. */
    static final class Piece {
        /** The memory of the slab. */
        final MemorySegment segment;

        private final Slab slab;
        private int blocks; // that this owner uses or has spare
        private long lost; // bytes of blocks that this owner gave up while others used them

        private Piece(Slab slab) {
            this.slab = slab;
            this.segment = slab.segment;
        }

        /** Whether no other cache holds blocks in the slab. */
        boolean exclusive() {
            return slab.owners.get() == 1;
        }
    }

    /** Memory of the size that was asked for. */
    record Block(Piece piece, long offset) {}

    private final int heads;
    private final ArrayList<Piece> pieces = new ArrayList<>();
    private final Map<Integer, ArrayDeque<Block>> free = new HashMap<>();
    private final Map<Integer, Long> spare = new HashMap<>();
    private final IdentityHashMap<Piece, Piece> adopted = new IdentityHashMap<>(0);
    private @Nullable Piece current; // of which new blocks are cut
    private boolean mayWaste;
    private long cut;
    private long expected; // bytes of blocks that come next and have no room yet
    private long used;
    private long spareBytes;
    private long packedBytes; // in use when the memory was last one piece

    /**
     * Memory for a layer; nothing is reserved yet.
     *
     * @param heads KV heads: the memory grows by a block for each
     */
    BlockMemory(int heads) {
        this.heads = heads;
    }

    /** Reserves memory in one piece, from which the next blocks are cut in the order in which they are asked for. */
    void reserve(long bytes) {
        if (bytes > 0) {
            addSlab(bytes);
        }
        packedBytes = Math.max(packedBytes, used + bytes);
    }

    /** Says that blocks of this size in all come next: what there is no room for is reserved in one piece. */
    void expect(long bytes) {
        expected = bytes - room() - spareBytes;
    }

    private long room() {
        return current == null ? 0 : current.segment.byteSize() - cut;
    }

    private Piece addSlab(long bytes) {
        var before = current;
        var added = new Piece(new Slab(bytes));
        pieces.add(added);
        current = added;
        cut = 0;
        if (before != null && before.blocks == 0) {
            drop(before);
        }
        return added;
    }

    /** Returns a zeroed block. */
    Block take(int bytes) {
        var block = find(bytes);
        long spareOfSize = spare.getOrDefault(bytes, 0L);
        if (spareOfSize > 0) {
            spare.put(bytes, spareOfSize - 1);
            spareBytes -= bytes;
        }
        used += bytes;
        return block;
    }

    /** Returns a zeroed block that takes the place of a shared one, on which {@link #lose} is called next. */
    Block replacement(int bytes) {
        return find(bytes);
    }

    private Block find(int bytes) {
        var reusable = free.get(bytes);
        if (reusable != null && !reusable.isEmpty()) {
            var block = reusable.pop();
            block.piece.segment.asSlice(block.offset, bytes).fill((byte) 0);
            return block;
        }
        var piece = current;
        if (piece == null || room() < bytes) {
            long row = 2L * heads * bytes; // a block of keys and one of values for each head
            piece = addSlab(Math.max(expected, Math.max(row, used / GROWTH / row * row)));
            expected = 0;
        }
        piece.blocks++;
        cut += bytes;
        return new Block(piece, cut - bytes);
    }

    /**
     * Takes back a block.
     *
     * @param shared whether a fork may use it too, so that it must not be written
     */
    void give(Piece piece, long offset, int bytes, boolean shared) {
        used -= bytes;
        spareBytes += bytes;
        spare.merge(bytes, 1L, Long::sum);
        if (shared && !piece.exclusive()) {
            lose(piece, bytes);
        } else {
            free.computeIfAbsent(bytes, size -> new ArrayDeque<>()).push(new Block(piece, offset));
        }
    }

    /** Forgets a block that others use; lets go of a slab of which nothing else is used here. */
    void lose(Piece piece, int bytes) {
        piece.lost += bytes;
        mayWaste = true;
        if (--piece.blocks == 0 && piece != current) {
            drop(piece);
        }
    }

    /** Whether much of the memory is blocks that were given up while others used them, and that nobody uses now. */
    boolean wasteful() {
        if (!mayWaste) {
            return false;
        }
        long wasted = 0;
        for (var piece : pieces) {
            wasted += piece.exclusive() ? piece.lost : 0;
        }
        return wasted > bytes() / 8;
    }

    /** Takes over the counts of another memory, all of whose blocks this one holds, so that {@link #bytes} stays the same. */
    void countAs(BlockMemory other) {
        spare.putAll(other.spare);
        spareBytes = other.spareBytes;
        packedBytes = other.packedBytes;
    }

    private void drop(Piece piece) {
        pieces.remove(piece);
        piece.slab.release();
    }

    /** Returns this memory's part of the slab of another memory's block, of which it is an owner from now on. */
    Piece adopt(Piece other, int bytes) {
        var piece = adopted.get(other);
        if (piece == null) {
            other.slab.owners.incrementAndGet();
            piece = new Piece(other.slab);
            pieces.add(piece);
            adopted.put(other, piece);
        }
        piece.blocks++;
        used += bytes;
        return piece;
    }

    /** Ends the adoption of blocks. */
    void adoptedAll() {
        adopted.clear();
        packedBytes = used;
    }

    /** Bytes of blocks that were given back and not taken again. */
    long spareBytes() {
        return spareBytes;
    }

    /** Whether most of what is in use came block by block, so that one piece, on huge pages, would be read faster. */
    boolean scattered() {
        return used > Math.max(SCATTERED_BYTES, 2 * packedBytes);
    }

    /** Bytes of the blocks that are in use or reserved for later tokens. */
    long usedBytes() {
        return used;
    }

    /** Bytes of the blocks that are in use, reserved for later tokens, or spare. */
    long bytes() {
        return used + spareBytes;
    }

    /** Adds the slabs that are not yet in the set; returns the bytes reserved for these. */
    long addReserved(Set<Object> seen) {
        long bytes = 0;
        for (var piece : pieces) {
            bytes += seen.add(piece.slab) ? piece.slab.memory.reservedBytes() : 0;
        }
        return bytes;
    }

    /** Lets go of all slabs. */
    @Override
    public void close() {
        for (var piece : pieces) {
            piece.slab.release();
        }
        pieces.clear();
    }
}

package io.hayloft.formats.memory;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Off-heap memory of one owner: 64-byte aligned, zeroed, on huge pages where pieces are big, freed as a whole.
 *
 * <p>Small pieces are cut from slabs that double in size up to 2 MB; pieces from 1 MB on, and those of {@link #reserve},
 * are mapped by themselves. Several threads may allocate pieces.
 */
public final class NativeMemory implements AutoCloseable {
    /** Pieces begin at multiples of this many bytes: a cache line, and the widest vector. */
    public static final int ALIGNMENT = 64;

    private static final long FIRST_SLAB = 64 << 10;
    private static final long BIG_PIECE = 1 << 20;
    private static final AtomicLong LIVE = new AtomicLong();
    private static final AtomicLong PLAIN = new AtomicLong(); // reserved without a mapping, where there are none

    private final String purpose;
    private final Arena arena = Arena.ofShared();
    private MemorySegment slab = MemorySegment.NULL;
    private long slabUsed;
    private long nextSlab = FIRST_SLAB;
    private long allocated;
    private long reserved;
    private boolean closed;

    /**
     * Memory of an owner; nothing is reserved yet.
     *
     * @param purpose what the memory is for, used in messages: {@code weights of model x}
     */
    public NativeMemory(String purpose) {
        this.purpose = purpose;
    }

    /**
     * Returns a zeroed piece that stays valid until {@link #close()}.
     *
     * @throws UserError if the system has no such memory left
     */
    public synchronized MemorySegment allocate(long bytes) {
        long rounded = checked(bytes);
        var piece = rounded >= BIG_PIECE ? take(rounded) : cut(rounded);
        allocated += rounded;
        return piece.asSlice(0, bytes);
    }

    /**
     * Returns a zeroed piece for which just its size is reserved, rounded up to pages of the system.
     *
     * @throws UserError if the system has no such memory left
     */
    public synchronized MemorySegment reserve(long bytes) {
        long rounded = checked(bytes);
        var piece = take(rounded);
        allocated += rounded;
        return piece.asSlice(0, bytes);
    }

    /** The bytes rounded up to the alignment. */
    private long checked(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        if (closed) {
            throw new IllegalStateException("memory for " + purpose + " is closed");
        }
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }

    private MemorySegment cut(long bytes) {
        if (slabUsed + bytes > slab.byteSize()) {
            slab = take(Math.max(nextSlab, bytes));
            slabUsed = 0;
            nextSlab = Math.min(2 * nextSlab, 2 * BIG_PIECE);
        }
        var piece = slab.asSlice(slabUsed, bytes);
        slabUsed += bytes;
        return piece;
    }

    private MemorySegment take(long bytes) {
        try {
            MemoryLimit.take();
            boolean mapped = HugePages.available();
            var piece = mapped ? HugePages.map(Math.max(1, bytes), arena) : arena.allocate(bytes, ALIGNMENT);
            long taken = mapped ? HugePages.rounded(Math.max(1, bytes)) : bytes;
            reserved += taken;
            LIVE.addAndGet(taken);
            PLAIN.addAndGet(mapped ? 0 : taken);
            return piece;
        } catch (OutOfMemoryError e) {
            throw new UserError(
                    "no memory for " + purpose + ": " + Sizes.bytes(bytes) + " more asked for, "
                            + Sizes.bytes(LIVE.get())
                            + " held; use a smaller model, shorter prompts or fewer methods at once",
                    e);
        }
    }

    /** Bytes that {@link #allocate} and {@link #reserve} handed out, each piece rounded up to {@link #ALIGNMENT}. */
    public synchronized long allocatedBytes() {
        return allocated;
    }

    /** Bytes taken from the system: what was handed out, the rest of slabs, and the last page of each piece. */
    public synchronized long reservedBytes() {
        return reserved;
    }

    /** Bytes taken from the system by all owners that are not closed. */
    public static long liveBytes() {
        return LIVE.get();
    }

    /**
     * Bytes of all mappings that exist, counted where the system is called to make and undo them, and not by owner: a
     * count for tests that is independent of {@link #liveBytes}.
     */
    public static long mappedBytes() {
        return HugePages.mappedBytes() + PLAIN.get();
    }

    /** Frees all pieces; using one afterwards throws {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIVE.addAndGet(-reserved);
            PLAIN.addAndGet(HugePages.available() ? 0 : -reserved);
            arena.close();
        }
    }
}

package io.hayloft.formats.memory;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Off-heap memory of one owner: 64-byte aligned, zeroed, on huge pages where pieces are big, freed as a whole.
 *
 * <p>Small pieces are cut from slabs that double in size; big ones are mapped by themselves. Pieces may be allocated by
 * several threads.
 */
public final class NativeMemory implements AutoCloseable {
    /** Pieces begin at multiples of this many bytes: a cache line, and the widest vector. */
    public static final int ALIGNMENT = 64;

    private static final long FIRST_SLAB = 64 << 10;
    private static final long BIG_PIECE = 1 << 20;
    private static final AtomicLong LIVE = new AtomicLong();

    private final String purpose;
    private final Arena arena = Arena.ofShared();
    private MemorySegment slab = MemorySegment.NULL;
    private long slabUsed;
    private long nextSlab = FIRST_SLAB;
    private long allocated;
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
     * A zeroed piece that stays valid until {@link #close()}.
     *
     * @throws UserError if the system has no such memory left
     */
    public synchronized MemorySegment allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        if (closed) {
            throw new IllegalStateException("memory for " + purpose + " is closed");
        }
        long rounded = Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
        var piece = rounded >= BIG_PIECE ? reserve(rounded) : cut(rounded);
        allocated += rounded;
        LIVE.addAndGet(rounded);
        return piece.asSlice(0, bytes);
    }

    private MemorySegment cut(long bytes) {
        if (slabUsed + bytes > slab.byteSize()) {
            slab = reserve(Math.max(nextSlab, bytes));
            slabUsed = 0;
            nextSlab = Math.min(2 * nextSlab, 2 * BIG_PIECE);
        }
        var piece = slab.asSlice(slabUsed, bytes);
        slabUsed += bytes;
        return piece;
    }

    private MemorySegment reserve(long bytes) {
        try {
            if (bytes >= BIG_PIECE && HugePages.available()) {
                return HugePages.map(bytes, arena);
            }
            return arena.allocate(bytes, ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw new UserError(
                    "no memory for " + purpose + ": " + Sizes.bytes(bytes) + " more asked for, "
                            + Sizes.bytes(LIVE.get())
                            + " held; use a smaller model, shorter prompts or fewer methods at once",
                    e);
        }
    }

    /** Bytes that {@link #allocate} handed out, each piece rounded up to {@link #ALIGNMENT}. */
    public synchronized long allocatedBytes() {
        return allocated;
    }

    /** Bytes of all owners that are not closed. */
    public static long liveBytes() {
        return LIVE.get();
    }

    /** Frees all pieces; using one afterwards throws {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIVE.addAndGet(-allocated);
            arena.close();
        }
    }
}

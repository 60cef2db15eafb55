package io.hayloft.formats.memory;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes native memory run out on purpose, so that a test can see what is freed then. While one is open, only a number of
 * reservations succeed, in all threads; the next ones fail as if the system had no memory left.
 *
 * <p>A test runs what it tests with 0, 1, 2, ... reservations until {@link #reached} is false, and compares
 * {@link NativeMemory#liveBytes} before and after each failure.
 */
public final class MemoryLimit implements AutoCloseable {
    private static volatile @Nullable MemoryLimit current;

    private final AtomicLong left;

    private MemoryLimit(long reservations) {
        this.left = new AtomicLong(reservations);
    }

    /**
     * Lets this many reservations succeed until {@link #close}. A piece that is cut from a slab is not a reservation.
     *
     * @throws IllegalStateException if another limit is open
     */
    public static synchronized MemoryLimit reservations(long count) {
        if (current != null) {
            throw new IllegalStateException("another limit is open");
        }
        var limit = new MemoryLimit(count);
        current = limit;
        return limit;
    }

    /** Counts a reservation; throws as the system does if it is one too many. */
    static void take() {
        var limit = current;
        if (limit != null && limit.left.decrementAndGet() < 0) {
            throw new OutOfMemoryError("the limit of a test is reached");
        }
    }

    /** Whether a reservation has failed. */
    public boolean reached() {
        return left.get() < 0;
    }

    /** Ends the limit. */
    @Override
    public void close() {
        synchronized (MemoryLimit.class) {
            if (current == this) {
                current = null;
            }
        }
    }
}

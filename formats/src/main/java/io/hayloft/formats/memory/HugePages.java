package io.hayloft.formats.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory mapped from the system, with the advice to use huge pages where a mapping holds whole ones: 1.4 times the read
 * bandwidth of 4 KB pages.
 *
 * <p>A mapping is as long as was asked for, rounded up to small pages: its tail never becomes a huge page, so that no more
 * is resident than is counted. (Rounding up to huge pages would make a mapping of 1 MB cost 2 MB.)
 *
 * <p>Linux on a 64-bit processor only; elsewhere {@link #available()} is false and the caller takes plain memory.
 */
@SuppressWarnings("restricted") // the module is allowed native access; four C functions are called
final class HugePages {
    private static final long HUGE_PAGE = 2 << 20;
    private static final int READ_WRITE = 1 | 2;
    private static final int PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int ADVICE_HUGE_PAGES = 14;
    private static final AtomicLong MAPPED = new AtomicLong();
    private static final @Nullable Calls CALLS = bind();

    private record Calls(MethodHandle map, MethodHandle unmap, MethodHandle advise, long page) {}

    private HugePages() {}

    static boolean available() {
        return CALLS != null;
    }

    /** Bytes of all mappings that were made and not undone, counted where the system is called. */
    static long mappedBytes() {
        return MAPPED.get();
    }

    /** Bytes that a mapping of this many takes: whole pages. */
    static long rounded(long bytes) {
        long page = calls().page;
        return Math.addExact(bytes, page - 1) & -page;
    }

    /**
     * Returns zeroed memory that is unmapped with the arena; from 2 MB on it begins at a huge page.
     *
     * @throws OutOfMemoryError if the system refuses
     */
    static MemorySegment map(long bytes, Arena arena) {
        var calls = calls();
        long length = rounded(bytes);
        long start = length < HUGE_PAGE ? mapPages(calls, length) : mapHugePages(calls, length);
        MAPPED.addAndGet(length);
        try {
            return MemorySegment.ofAddress(start).reinterpret(bytes, arena, piece -> undo(calls, start, length));
        } catch (RuntimeException e) {
            undo(calls, start, length); // the arena was closed meanwhile
            throw e;
        }
    }

    private static Calls calls() {
        if (CALLS == null) {
            throw new IllegalStateException("no huge pages on this system");
        }
        return CALLS;
    }

    /** Maps a huge page more than needed and gives back what lies before the first one and behind the end. */
    private static long mapHugePages(Calls calls, long length) {
        long base = mapPages(calls, Math.addExact(length, HUGE_PAGE));
        long start = (base + HUGE_PAGE - 1) & -HUGE_PAGE;
        long end = start + length;
        if (start > base) {
            unmap(calls, base, start - base);
        }
        if (end < base + length + HUGE_PAGE) {
            unmap(calls, end, base + length + HUGE_PAGE - end);
        }
        advise(calls, start, length);
        return start;
    }

    private static long mapPages(Calls calls, long length) {
        long base = call(calls, length);
        if (base == -1) {
            throw new OutOfMemoryError("mmap of " + length + " bytes");
        }
        return base;
    }

    private static void undo(Calls calls, long start, long length) {
        unmap(calls, start, length);
        MAPPED.addAndGet(-length);
    }

    private static long call(Calls calls, long bytes) {
        try {
            return (long) calls.map.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("mmap could not be called", e);
        }
    }

    /** Advice may be refused (huge pages switched off): the memory serves all the same. */
    private static void advise(Calls calls, long start, long bytes) {
        try {
            int _ = (int) calls.advise.invokeExact(start, bytes, ADVICE_HUGE_PAGES);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise could not be called", e);
        }
    }

    private static void unmap(Calls calls, long base, long bytes) {
        try {
            int _ = (int) calls.unmap.invokeExact(base, bytes);
        } catch (Throwable e) {
            throw new IllegalStateException("munmap could not be called", e);
        }
    }

    private static @Nullable Calls bind() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
        if (!linux || ADDRESS.byteSize() != Long.BYTES) {
            return null;
        }
        var linker = Linker.nativeLinker();
        var names = linker.defaultLookup();
        try {
            return new Calls(
                    linker.downcallHandle(
                            names.findOrThrow("mmap"),
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
                    linker.downcallHandle(
                            names.findOrThrow("munmap"), FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG)),
                    linker.downcallHandle(
                            names.findOrThrow("madvise"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)),
                    pageSize(linker.downcallHandle(names.findOrThrow("getpagesize"), FunctionDescriptor.of(JAVA_INT))));
        } catch (RuntimeException e) {
            return null; // a C library without these names: plain memory serves
        }
    }

    private static long pageSize(MethodHandle call) {
        try {
            return (int) call.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("getpagesize could not be called", e);
        }
    }
}

package io.hayloft.kernels.threads;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The processors on which the system lets a thread run. Linux only. */
@SuppressWarnings("restricted") // the module is allowed native access; two C functions are called
final class Affinity {
    /** Bytes of a set of processors: for 8192 of them. */
    private static final int BYTES = 1024;

    private static final @Nullable Calls CALLS = bind();

    private record Calls(MethodHandle get, MethodHandle set) {}

    private Affinity() {}

    /** Those of the calling thread; empty if the system does not say. */
    static BitSet get() {
        if (CALLS == null) {
            return new BitSet();
        }
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocate(BYTES);
            int result = (int) CALLS.get.invokeExact(0, (long) BYTES, set);
            return result < 0 ? new BitSet() : BitSet.valueOf(set.toArray(JAVA_BYTE));
        } catch (Throwable e) {
            throw new IllegalStateException("sched_getaffinity could not be called", e);
        }
    }

    /** Has the calling thread run on these alone; false if the system refuses. */
    static boolean set(BitSet processors) {
        if (CALLS == null) {
            return false;
        }
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocateFrom(JAVA_BYTE, Arrays.copyOf(processors.toByteArray(), BYTES));
            int result = (int) CALLS.set.invokeExact(0, (long) BYTES, set);
            return result == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("sched_setaffinity could not be called", e);
        }
    }

    private static @Nullable Calls bind() {
        if (!Scheduling.linux()) {
            return null;
        }
        var linker = Linker.nativeLinker();
        var names = linker.defaultLookup();
        var form = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
        try {
            return new Calls(
                    linker.downcallHandle(names.findOrThrow("sched_getaffinity"), form),
                    linker.downcallHandle(names.findOrThrow("sched_setaffinity"), form));
        } catch (NoSuchElementException e) {
            return null; // a C library without these names
        }
    }
}

package io.hayloft.kernels.threads;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the system shares its processors among threads. Linux only; elsewhere nothing changes. */
@SuppressWarnings("restricted") // the module is allowed native access; one C function is called
public final class Scheduling {
    private static final int OF_A_PROCESS = 0; // which on Linux means the calling thread
    private static final int LOWEST = 19;
    private static final @Nullable MethodHandle SET_PRIORITY = bind();

    private Scheduling() {}

    static boolean linux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    /** Gives the calling thread the lowest priority: among threads that compute it gets a processor 1.5 % of the time. */
    public static void lowestPriority() {
        if (SET_PRIORITY == null) {
            return;
        }
        try {
            int _ = (int) SET_PRIORITY.invokeExact(OF_A_PROCESS, 0, LOWEST);
        } catch (Throwable e) {
            throw new IllegalStateException("setpriority could not be called", e);
        }
    }

    private static @Nullable MethodHandle bind() {
        if (!linux()) {
            return null;
        }
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("setpriority")
                .map(address ->
                        linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)))
                .orElse(null);
    }
}

package io.hayloft.onednn;

import io.hayloft.hub.ModelStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The library of this installation, and the machine that it is on. */
final class Installed {
    private static final String RESOURCES = "/org/bytedeco/dnnl/linux-x86_64/";

    /** The thread library that oneDNN needs. Sizes and hashes change with the version of the library in the build. */
    private static final UnpackedLibrary THREADS = new UnpackedLibrary(
            RESOURCES + "libgomp.so.1",
            "libgomp.so.1",
            298_776,
            "115302e45583ad3e8df681c0a5af4c8273b7399f764965280d70d8780e5ee454");

    private static final UnpackedLibrary LIBRARY = new UnpackedLibrary(
            RESOURCES + "libdnnl.so.3",
            "libdnnl.so.3",
            89_662_848,
            "a8948803c5718bac623b664be77fb47e24328e8693997e96e02c4308b0ee826f");

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    private static @Nullable OneDnn library;

    private Installed() {}

    /** The library of this process, loaded on first use. */
    static synchronized OneDnn library() throws IOException {
        var loaded = library;
        if (loaded == null) {
            var folder = ModelStore.open().folder().resolve("native").resolve("dnnl-3.11-1.5.13");
            loaded = new OneDnn(new Binding(THREADS.in(folder), LIBRARY.in(folder)));
            library = loaded;
        }
        return loaded;
    }

    /** Operating system and architecture. */
    static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    /** The processor features that Linux lists, such as {@code avx2}. */
    static Set<String> processorFlags() {
        try (var lines = Files.lines(PROCESSOR)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .map(flags -> (Set<String>) new HashSet<>(Arrays.asList(flags.split(" "))))
                    .orElse(Set.of());
        } catch (IOException | UncheckedIOException e) {
            return Set.of();
        }
    }
}

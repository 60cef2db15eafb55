package io.hayloft.onednn;

import io.hayloft.engine.hub.ModelStore;
import io.hayloft.engine.kernel.PrefillBackend;
import io.hayloft.engine.kernel.WorkerPool;
import io.hayloft.engine.memory.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Products in bfloat16 by oneDNN, on 64-bit x86 processors with instructions for it, under Linux. */
public final class OneDnnBackend implements PrefillBackend {
    private static final String RESOURCES = "/org/bytedeco/dnnl/linux-x86_64/";

    /** What must change together with the version of the library in the build. */
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

    /** Bits of the instruction sets that have bfloat16 products of 512 bits; larger sets contain them. */
    private static final int AVX512_BF16 = 0xE7;

    private static final Shared SHARED = new Shared();

    private final String platform;
    private final Supplier<Set<String>> processor;
    private final Loader loader;

    /** Loads the library into this process. */
    @FunctionalInterface
    interface Loader {
        OneDnn load() throws IOException;
    }

    /** For the service loader. */
    public OneDnnBackend() {
        this(System.getProperty("os.name") + " " + System.getProperty("os.arch"), ProcessorFlags::read, SHARED::load);
    }

    /**
     * A backend on a machine that may be another than this one.
     *
     * @param platform operating system and architecture
     * @param processor names of what the processor can do
     */
    OneDnnBackend(String platform, Supplier<Set<String>> processor, Loader loader) {
        this.platform = platform;
        this.processor = processor;
        this.loader = loader;
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public Optional<String> obstacle() {
        if (!platform.equals("Linux amd64")) {
            return Optional.of("it is for Linux on x86-64, and this is " + platform);
        }
        if (!processor.get().contains("avx512_bf16")) {
            return Optional.of("the processor has no bfloat16 products (avx512_bf16)");
        }
        try {
            return (loader.load().instructions() & AVX512_BF16) == AVX512_BF16
                    ? Optional.empty()
                    : Optional.of("the library does not use the processor's bfloat16 products");
        } catch (FileSystemException e) {
            return Optional.of("its library cannot be unpacked: " + e);
        } catch (IOException | RuntimeException e) {
            // Whatever keeps the library from being loaded or called is no reason to stop.
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String describe() {
        return "oneDNN " + library().version() + ", bfloat16, " + library().instructionsName();
    }

    @Override
    public Session open(NativeMemory memory, WorkerPool pool) {
        return new OneDnnSession(library(), memory, pool);
    }

    /** The library, of a backend that has no obstacle. */
    OneDnn library() {
        try {
            return loader.load();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The library of this process. */
    private static final class Shared {
        private @Nullable OneDnn library;

        synchronized OneDnn load() throws IOException {
            var loaded = library;
            if (loaded == null) {
                var folder = ModelStore.open().folder().resolve("native").resolve("dnnl-3.11-1.5.13");
                loaded = loadFrom(folder);
                library = loaded;
            }
            return loaded;
        }
    }

    /** Unpacks the libraries into a folder, unless they are there, and loads them. */
    static OneDnn loadFrom(Path folder) throws IOException {
        return new OneDnn(new Binding(THREADS.in(folder), LIBRARY.in(folder)));
    }

    /** What Linux tells of the processor. */
    private static final class ProcessorFlags {
        private static final Path FILE = Path.of("/proc/cpuinfo");

        static Set<String> read() {
            try (var lines = Files.lines(FILE)) {
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
}

package io.hayloft.onednn;

import io.hayloft.base.FileError;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.WorkerPool;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A backend that multiplies by oneDNN, on 64-bit x86 processors under Linux; whatever its numbers are. */
abstract class LibraryBackend implements PrefillBackend {
    private final Machine machine;

    /** Loads the library into this process. */
    @FunctionalInterface
    interface Loader {
        OneDnn load() throws IOException;
    }

    /**
     * A machine that may be another than this one.
     *
     * @param platform operating system and architecture
     * @param processor names of what the processor can do
     */
    record Machine(String platform, Supplier<Set<String>> processor, Loader loader) {
        static final Machine THIS = new Machine(Installed.platform(), Installed::processorFlags, Installed::library);
    }

    LibraryBackend(Machine machine) {
        this.machine = machine;
    }

    /** The name of the number format. */
    abstract String numbers();

    /** The same with whatever else results depend on. */
    String details() {
        return numbers();
    }

    /** Names of instructions of which the processor must have one. */
    abstract Set<String> instructions();

    /** Whether the library's instruction set, as {@link OneDnn#instructions} names it, has fast products. */
    abstract boolean fast(int instructionSet);

    abstract Arithmetic arithmetic();

    @Override
    public final Optional<String> obstacle() {
        if (!machine.platform.equals("Linux amd64")) {
            return Optional.of("it is for Linux on x86-64, and this is " + machine.platform);
        }
        var known = machine.processor.get();
        if (instructions().stream().noneMatch(known::contains)) {
            return Optional.of("the processor has no " + numbers() + " products ("
                    + String.join(" or ", instructions().stream().sorted().toList()) + ")");
        }
        try {
            return fast(machine.loader.load().instructions())
                    ? Optional.empty()
                    : Optional.of("the library does not use the processor's " + numbers() + " products");
        } catch (FileSystemException e) {
            return Optional.of("its library cannot be unpacked: " + (e.getFile() == null ? "" : e.getFile() + ": ")
                    + FileError.reason(e));
        } catch (IOException | RuntimeException e) {
            // Whatever keeps the library from being loaded or called is no reason to stop.
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public final String describe() {
        return "oneDNN " + library().version() + ", " + details() + ", "
                + library().instructionsName();
    }

    @Override
    public final Session open(NativeMemory memory, WorkerPool pool) {
        return new OneDnnSession(library(), arithmetic(), memory, pool);
    }

    /** The library, of a backend that has no obstacle. */
    final OneDnn library() {
        try {
            return machine.loader.load();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.hayloft.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hayloft.base.UserError;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The functions of oneDNN's C interface that are called here, by name; those of the inner loop without boxing. Loaded once
 * for the life of the process. A call whose status is a failure throws.
 */
@SuppressWarnings("restricted") // the module is allowed native access
final class Binding {
    private static final int SUCCESS = 0;
    private static final int OUT_OF_MEMORY = 1;

    private final SymbolLookup names;
    private final Map<String, MethodHandle> functions = new HashMap<>();
    private final MethodHandle setThreads;
    private final MethodHandle execute;
    private final MethodHandle setData;

    /**
     * Loads the libraries.
     *
     * @param threadLibrary libgomp, which oneDNN needs
     * @param library oneDNN
     * @throws IllegalArgumentException if one cannot be loaded
     * @throws java.util.NoSuchElementException if a function is missing
     */
    Binding(Path threadLibrary, Path library) {
        var arena = Arena.global();
        var threads = SymbolLookup.libraryLookup(threadLibrary, arena);
        names = SymbolLookup.libraryLookup(library, arena);
        setThreads = Linker.nativeLinker()
                .downcallHandle(threads.findOrThrow("omp_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
        execute = bind("dnnl_primitive_execute", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
        setData = bind("dnnl_memory_set_data_handle", JAVA_LONG, JAVA_LONG);
        bindObjects();
        bindPlans();
        bindQueries();
    }

    private void bindObjects() {
        for (var kind : Handles.Kind.values()) {
            bind(kind.destroyer(), JAVA_LONG);
        }
        bind("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
        bind("dnnl_stream_create", ADDRESS, JAVA_LONG, JAVA_INT);
        bind("dnnl_primitive_attr_create", ADDRESS);
        bind("dnnl_primitive_attr_set_scratchpad_mode", JAVA_LONG, JAVA_INT);
        bind("dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
        bind("dnnl_memory_desc_create_with_tag", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        bind("dnnl_memory_create", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
        bind("dnnl_primitive_create", ADDRESS, JAVA_LONG);
    }

    private void bindPlans() {
        bind(
                "dnnl_matmul_primitive_desc_create",
                ADDRESS,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG);
        bind("dnnl_reorder_primitive_desc_create", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    }

    private void bindQueries() {
        bind("dnnl_primitive_desc_query", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
        bindLong("dnnl_primitive_desc_query_md", JAVA_LONG, JAVA_INT, JAVA_INT);
        bindLong("dnnl_memory_desc_get_size", JAVA_LONG);
        bindLong("dnnl_version");
        bindLong("dnnl_cpu_isa2str", JAVA_INT);
        bind("dnnl_get_effective_cpu_isa");
    }

    private MethodHandle bind(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** A function that returns a size or an address. */
    private void bindLong(String name, MemoryLayout... arguments) {
        bind(name, FunctionDescriptor.of(JAVA_LONG, arguments));
    }

    private MethodHandle bind(String name, FunctionDescriptor descriptor) {
        var function = Linker.nativeLinker().downcallHandle(names.findOrThrow(name), descriptor);
        functions.put(name, function);
        return function;
    }

    /** Calls a function and returns what it returns, an {@code Integer} or a {@code Long}. */
    Object call(String name, Object... arguments) {
        var function = functions.get(name);
        if (function == null) {
            throw new IllegalArgumentException(name);
        }
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw notCalled(name, e);
        }
    }

    /** Calls a function that returns a status. */
    void check(String name, Object... arguments) {
        check(name, (int) call(name, arguments));
    }

    /** Calls a function whose first argument receives the handle of a new object. */
    long create(String name, Object... arguments) {
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(ADDRESS);
            var all = new Object[arguments.length + 1];
            all[0] = handle;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            check(name, all);
            return handle.get(JAVA_LONG, 0);
        }
    }

    /** How many threads oneDNN may start for what the calling thread creates or executes. */
    void setThreadsOfCaller(int threads) {
        try {
            setThreads.invokeExact(threads);
        } catch (Throwable e) {
            throw notCalled("omp_set_num_threads", e);
        }
    }

    /** Lets described memory be at another address. */
    void setData(long memory, long address) {
        int status;
        try {
            status = (int) setData.invokeExact(memory, address);
        } catch (Throwable e) {
            throw notCalled("dnnl_memory_set_data_handle", e);
        }
        check("dnnl_memory_set_data_handle", status);
    }

    /** Runs a primitive and returns when it is done. The segment holds {@code [count]} arguments. */
    void execute(long primitive, long stream, int count, MemorySegment arguments) {
        int status;
        try {
            status = (int) execute.invokeExact(primitive, stream, count, arguments);
        } catch (Throwable e) {
            throw notCalled("dnnl_primitive_execute", e);
        }
        check("dnnl_primitive_execute", status);
    }

    private static IllegalStateException notCalled(String name, Throwable cause) {
        return new IllegalStateException(name + " could not be called", cause);
    }

    /**
     * Takes success for an answer and nothing else.
     *
     * @throws UserError if there is no memory
     * @throws OneDnnException for any other failure
     */
    static void check(String name, int status) {
        if (status == OUT_OF_MEMORY) {
            throw new UserError("no memory for oneDNN: use --backend java, a smaller model or shorter prompts");
        }
        if (status != SUCCESS) {
            throw new OneDnnException(name, status);
        }
    }
}

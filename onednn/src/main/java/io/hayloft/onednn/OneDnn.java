package io.hayloft.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The functions of oneDNN's C interface that are needed here (<a
 * href="https://uxlfoundation.github.io/oneDNN/">reference</a>). Its objects are handles: addresses as {@code long}. What
 * is created must be destroyed by the caller. Loaded once for the life of the process.
 *
 * <p>A function that fails throws {@link OneDnnException}. Handles may be used by several threads at once, streams by one.
 */
@SuppressWarnings("restricted") // the module is allowed native access
final class OneDnn {
    /** Element types. */
    static final int BF16 = 2;

    static final int F32 = 3;

    /** Arguments of a product and of a conversion. */
    static final int SOURCE = 1;

    static final int TARGET = 17;
    static final int WEIGHTS = 33;
    static final int SCRATCHPAD = 80;

    /** Bytes of an argument: its number and, at 8, its memory. */
    static final long ARGUMENT_BYTES = 16;

    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    private static final int ANY_LAYOUT = 1;
    private static final int USER_SCRATCHPAD = 1;
    private static final int QUERY_NAME = 8;
    private static final int QUERY_WEIGHTS = 131;
    private static final int QUERY_SCRATCHPAD = 136;
    private static final int UNIMPLEMENTED = 3;

    /** Bits of the instruction sets that have bfloat16 products of 512 bits; larger sets contain them. */
    private static final int AVX512_BF16 = 0xE7;

    private final SymbolLookup names;
    private final Map<String, MethodHandle> functions = new HashMap<>();
    private final MethodHandle setThreads;
    private final MethodHandle execute;
    private final MethodHandle setData;
    private final AtomicInteger live = new AtomicInteger();
    private final long engine;
    private final long attributes;

    /**
     * Loads the libraries.
     *
     * @param threadLibrary libgomp, which oneDNN needs
     * @param library oneDNN
     * @throws IllegalArgumentException if one cannot be loaded
     */
    OneDnn(Path threadLibrary, Path library) {
        var arena = Arena.global();
        var threads = SymbolLookup.libraryLookup(threadLibrary, arena);
        names = SymbolLookup.libraryLookup(library, arena);
        setThreads = Linker.nativeLinker()
                .downcallHandle(threads.findOrThrow("omp_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
        execute = bind("dnnl_primitive_execute", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
        setData = bind("dnnl_memory_set_data_handle", JAVA_LONG, JAVA_LONG);
        for (var destroyed : new String[] {"memory", "memory_desc", "primitive", "primitive_desc", "stream"}) {
            bind("dnnl_" + destroyed + "_destroy", JAVA_LONG);
        }
        bind("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
        bind("dnnl_stream_create", ADDRESS, JAVA_LONG, JAVA_INT);
        bind("dnnl_primitive_attr_create", ADDRESS);
        bind("dnnl_primitive_attr_set_scratchpad_mode", JAVA_LONG, JAVA_INT);
        bind("dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
        bind("dnnl_memory_desc_create_with_tag", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
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
        bind("dnnl_primitive_desc_query", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
        bind("dnnl_primitive_create", ADDRESS, JAVA_LONG);
        bind("dnnl_memory_create", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
        bindLong("dnnl_primitive_desc_query_md", JAVA_LONG, JAVA_INT, JAVA_INT);
        bindLong("dnnl_memory_desc_get_size", JAVA_LONG);
        bindLong("dnnl_version");
        bind("dnnl_get_effective_cpu_isa");
        engine = create("dnnl_engine_create", CPU, 0L);
        attributes = create("dnnl_primitive_attr_create");
        check("dnnl_primitive_attr_set_scratchpad_mode", attributes, USER_SCRATCHPAD);
        live.set(0); // engine and attributes live as long as the library
    }

    private MethodHandle bind(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private void bindLong(String name, MemoryLayout... arguments) {
        bind(name, FunctionDescriptor.of(JAVA_LONG, arguments));
    }

    private MethodHandle bind(String name, FunctionDescriptor descriptor) {
        var function = Linker.nativeLinker().downcallHandle(names.findOrThrow(name), descriptor);
        functions.put(name, function);
        return function;
    }

    private Object call(String name, Object... arguments) {
        var function = functions.get(name);
        if (function == null) {
            throw new IllegalArgumentException(name);
        }
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name + " could not be called", e);
        }
    }

    private void check(String name, Object... arguments) {
        int status = (int) call(name, arguments);
        if (status != 0) {
            throw new OneDnnException(name, status, status == UNIMPLEMENTED);
        }
    }

    /** Calls a function whose first argument receives the handle of a new object. */
    private long create(String name, Object... arguments) {
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(ADDRESS);
            var all = new Object[arguments.length + 1];
            all[0] = handle;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            check(name, all);
            live.incrementAndGet();
            return handle.get(JAVA_LONG, 0);
        }
    }

    private void destroy(String kind, long handle) {
        check("dnnl_" + kind + "_destroy", handle);
        live.decrementAndGet();
    }

    /** Version such as {@code 3.11.0}. */
    String version() {
        var version = MemorySegment.ofAddress((long) call("dnnl_version")).reinterpret(3L * Integer.BYTES);
        return version.get(JAVA_INT, 0) + "." + version.get(JAVA_INT, 4) + "." + version.get(JAVA_INT, 8);
    }

    /** Whether oneDNN uses this processor's bfloat16 instructions. */
    boolean multipliesBrainFloats() {
        return ((int) call("dnnl_get_effective_cpu_isa") & AVX512_BF16) == AVX512_BF16;
    }

    /** Objects that were created and not destroyed. */
    int liveObjects() {
        return live.get();
    }

    /** How many threads oneDNN may start for what the calling thread creates or executes. */
    void setThreadsOfCaller(int threads) {
        try {
            setThreads.invokeExact(threads);
        } catch (Throwable e) {
            throw new IllegalStateException("omp_set_num_threads could not be called", e);
        }
    }

    /** What executes primitives for one thread, one after another. */
    long stream() {
        return create("dnnl_stream_create", engine, IN_ORDER);
    }

    void destroyStream(long stream) {
        destroy("stream", stream);
    }

    /** Describes a matrix {@code [rows][columns]} with these distances between neighbours, in elements. */
    long matrix(int type, long rows, long columns, long rowStride, long columnStride) {
        try (var arena = Arena.ofConfined()) {
            return create(
                    "dnnl_memory_desc_create_with_strides",
                    2,
                    arena.allocateFrom(JAVA_LONG, rows, columns),
                    type,
                    arena.allocateFrom(JAVA_LONG, rowStride, columnStride));
        }
    }

    /** Describes a matrix {@code [rows][columns]} whose layout the library shall choose. */
    long matrixOfAnyLayout(int type, long rows, long columns) {
        try (var arena = Arena.ofConfined()) {
            return create(
                    "dnnl_memory_desc_create_with_tag",
                    2,
                    arena.allocateFrom(JAVA_LONG, rows, columns),
                    type,
                    ANY_LAYOUT);
        }
    }

    void destroyDescription(long description) {
        destroy("memory_desc", description);
    }

    /** Bytes of what is described. */
    long bytes(long description) {
        return (long) call("dnnl_memory_desc_get_size", description);
    }

    /** Plans the product target = source weights of three described matrices. */
    long planProduct(long source, long weights, long target) {
        return create("dnnl_matmul_primitive_desc_create", engine, source, weights, 0L, target, attributes);
    }

    /** Plans the conversion of one layout and type to another. */
    long planConversion(long source, long target) {
        return create("dnnl_reorder_primitive_desc_create", source, engine, target, engine, attributes);
    }

    void destroyPlan(long plan) {
        destroy("primitive_desc", plan);
    }

    /** The layout of weights that the library chose; belongs to the plan. */
    long weightsOf(long plan) {
        return (long) call("dnnl_primitive_desc_query_md", plan, QUERY_WEIGHTS, 0);
    }

    /** The scratch memory that a planned primitive needs at each execution; belongs to the plan. */
    long scratchpadOf(long plan) {
        return (long) call("dnnl_primitive_desc_query_md", plan, QUERY_SCRATCHPAD, 0);
    }

    /** Name of the implementation that the library chose. */
    String nameOf(long plan) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocate(ADDRESS);
            check("dnnl_primitive_desc_query", plan, QUERY_NAME, 0, name);
            return name.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    /** Compiles what was planned. */
    long primitive(long plan) {
        return create("dnnl_primitive_create", plan);
    }

    void destroyPrimitive(long primitive) {
        destroy("primitive", primitive);
    }

    /** Described memory at an address. */
    long memory(long description, MemorySegment data) {
        return create("dnnl_memory_create", description, engine, data);
    }

    /** Lets described memory be at another address. */
    void setData(long memory, long address) {
        int status;
        try {
            status = (int) setData.invokeExact(memory, address);
        } catch (Throwable e) {
            throw new IllegalStateException("dnnl_memory_set_data_handle could not be called", e);
        }
        if (status != 0) {
            throw new OneDnnException("dnnl_memory_set_data_handle", status, false);
        }
    }

    void destroyMemory(long memory) {
        destroy("memory", memory);
    }

    /** Runs a primitive and returns when it is done. The segment holds {@code [count]} arguments. */
    void execute(long primitive, long stream, int count, MemorySegment arguments) {
        int status;
        try {
            status = (int) execute.invokeExact(primitive, stream, count, arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("dnnl_primitive_execute could not be called", e);
        }
        if (status != 0) {
            throw new OneDnnException("dnnl_primitive_execute", status, false);
        }
    }
}

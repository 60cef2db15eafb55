package io.hayloft.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hayloft.onednn.Handles.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The functions of oneDNN that are needed here (<a href="https://uxlfoundation.github.io/oneDNN/">reference</a>). Its objects are
 * handles: addresses as {@code long}. Each new one is given to an owner that destroys it.
 *
 * <p>A function that fails throws {@link OneDnnException}, or {@link io.hayloft.base.UserError} where memory is lacking.
 * Handles may be used by several threads at once, streams by one.
 */
@SuppressWarnings("restricted") // the module is allowed native access
final class OneDnn {
    /** Element types. */
    static final int BF16 = 2;

    static final int F32 = 3;
    static final int S32 = 4;
    static final int S8 = 5;
    static final int U8 = 6;

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

    private final Binding binding;
    private final AtomicInteger live = new AtomicInteger();
    private final long engine;
    private final long attributes;

    /** The library behind these functions. */
    OneDnn(Binding binding) {
        this.binding = binding;
        engine = binding.create("dnnl_engine_create", CPU, 0L);
        attributes = binding.create("dnnl_primitive_attr_create");
        binding.check("dnnl_primitive_attr_set_scratchpad_mode", attributes, USER_SCRATCHPAD);
    }

    private long create(Handles owner, Kind kind, String name, Object... arguments) {
        long handle = binding.create(name, arguments);
        live.incrementAndGet();
        owner.add(kind, handle);
        return handle;
    }

    /** Ends an object; its owner does this. */
    void destroy(Kind kind, long handle) {
        binding.check(kind.destroyer(), handle);
        live.decrementAndGet();
    }

    /** Objects that were created and not destroyed. */
    int liveObjects() {
        return live.get();
    }

    /** Version such as {@code 3.11.0}. */
    String version() {
        var version =
                MemorySegment.ofAddress((long) binding.call("dnnl_version")).reinterpret(3L * Integer.BYTES);
        return version.get(JAVA_INT, 0) + "." + version.get(JAVA_INT, 4) + "." + version.get(JAVA_INT, 8);
    }

    /** The instructions that the library uses on this processor, as bits: a set that contains another has its bits. */
    int instructions() {
        return (int) binding.call("dnnl_get_effective_cpu_isa");
    }

    /** Their name, such as {@code avx512_core_bf16}. */
    String instructionsName() {
        var name = MemorySegment.ofAddress((long) binding.call("dnnl_cpu_isa2str", instructions()))
                .reinterpret(Long.MAX_VALUE)
                .getString(0);
        return name.startsWith("cpu_isa_") ? name.substring("cpu_isa_".length()) : name;
    }

    /** How many threads oneDNN may start for what the calling thread creates or executes. */
    void setThreadsOfCaller(int threads) {
        binding.setThreadsOfCaller(threads);
    }

    /** A stream, which executes primitives for one thread, one after another. */
    long stream(Handles owner) {
        return create(owner, Kind.STREAM, "dnnl_stream_create", engine, IN_ORDER);
    }

    /** Describes a matrix {@code [rows][columns]} with these distances between neighbours, in elements. */
    long matrix(Handles owner, int type, long rows, long columns, long rowStride, long columnStride) {
        try (var arena = Arena.ofConfined()) {
            return create(
                    owner,
                    Kind.DESCRIPTION,
                    "dnnl_memory_desc_create_with_strides",
                    2,
                    arena.allocateFrom(JAVA_LONG, rows, columns),
                    type,
                    arena.allocateFrom(JAVA_LONG, rowStride, columnStride));
        }
    }

    /** Describes a matrix {@code [rows][columns]} whose layout the library shall choose. */
    long matrixOfAnyLayout(Handles owner, int type, long rows, long columns) {
        try (var arena = Arena.ofConfined()) {
            return create(
                    owner,
                    Kind.DESCRIPTION,
                    "dnnl_memory_desc_create_with_tag",
                    2,
                    arena.allocateFrom(JAVA_LONG, rows, columns),
                    type,
                    ANY_LAYOUT);
        }
    }

    /** Bytes of what is described. */
    long bytes(long description) {
        return (long) binding.call("dnnl_memory_desc_get_size", description);
    }

    /** Plans the product target = source weights of three described matrices. */
    long planProduct(Handles owner, long source, long weights, long target) {
        return create(
                owner, Kind.PLAN, "dnnl_matmul_primitive_desc_create", engine, source, weights, 0L, target, attributes);
    }

    /** Plans the conversion of one layout and type to another. */
    long planConversion(Handles owner, long source, long target) {
        return create(
                owner, Kind.PLAN, "dnnl_reorder_primitive_desc_create", source, engine, target, engine, attributes);
    }

    /** The layout of weights that the library chose; belongs to the plan. */
    long weightsOf(long plan) {
        return (long) binding.call("dnnl_primitive_desc_query_md", plan, QUERY_WEIGHTS, 0);
    }

    /** The scratch memory that a planned primitive needs at each execution; belongs to the plan. */
    long scratchpadOf(long plan) {
        return (long) binding.call("dnnl_primitive_desc_query_md", plan, QUERY_SCRATCHPAD, 0);
    }

    /** Name of the implementation that the library chose. */
    String nameOf(long plan) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocate(ADDRESS);
            binding.check("dnnl_primitive_desc_query", plan, QUERY_NAME, 0, name);
            return name.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    /** Compiles what was planned. */
    long primitive(Handles owner, long plan) {
        return create(owner, Kind.PRIMITIVE, "dnnl_primitive_create", plan);
    }

    /** Described memory at an address. */
    long memory(Handles owner, long description, MemorySegment data) {
        return create(owner, Kind.MEMORY, "dnnl_memory_create", description, engine, data);
    }

    /** Lets described memory be at another address. */
    void setData(long memory, long address) {
        binding.setData(memory, address);
    }

    /** Runs a primitive and returns when it is done. The segment holds {@code [count]} arguments. */
    void execute(long primitive, long stream, int count, MemorySegment arguments) {
        binding.execute(primitive, stream, count, arguments);
    }
}

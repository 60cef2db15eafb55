package io.hayloft.onednn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hayloft.formats.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The state with which one thread computes products: a stream, and memory for the rows on their way into the library and out of
 * it. oneDNN starts no threads of its own, since ours share the work already.
 */
final class ProductWorker implements AutoCloseable {
    private static final String PURPOSE = "products of a prompt by oneDNN";

    /** Where the handle of an argument's memory is. */
    private static final long HANDLE = 8;

    private static final int SOURCE_AT = 0;
    private static final int CONVERTED_AT = 1;
    private static final int WEIGHTS_AT = 3;

    private final OneDnn library;
    private final long stream;
    private final Handles memories;
    private final IdentityHashMap<Product, MemorySegment> arguments = new IdentityHashMap<>();
    private final IdentityHashMap<Conversion, MemorySegment> conversions = new IdentityHashMap<>();
    private @Nullable Thread thread;
    private NativeMemory memory = new NativeMemory(PURPOSE);
    private MemorySegment target = MemorySegment.NULL;
    private MemorySegment scratch = MemorySegment.NULL;

    /**
     * Nothing is reserved yet.
     *
     * @param stream of this worker alone; not closed here
     */
    ProductWorker(OneDnn library, long stream) {
        this.library = library;
        this.stream = stream;
        this.memories = new Handles(library);
    }

    /**
     * Converts weights to the layout of products.
     *
     * @param from address of the weights
     * @param to memory of the weights in the layout
     */
    void convert(Conversion conversion, long from, long to) {
        keepToOneThread();
        var list = conversions.get(conversion);
        if (list == null) {
            list = prepare(conversion);
        }
        library.setData(list.get(JAVA_LONG, SOURCE_AT * OneDnn.ARGUMENT_BYTES + HANDLE), from);
        list.set(JAVA_LONG, CONVERTED_AT * OneDnn.ARGUMENT_BYTES + HANDLE, to);
        library.execute(conversion.primitive(), stream, 3, list);
    }

    /**
     * Computes sums of products.
     *
     * @param weights memory of the weights
     * @param x address of the first row; as many rows as the product has can be read
     * @return {@code [rows of the product][outputs]}, valid until the next call
     */
    MemorySegment multiply(Product product, long weights, long x) {
        keepToOneThread();
        var list = arguments.get(product);
        if (list == null) {
            list = prepare(product);
        }
        library.setData(list.get(JAVA_LONG, SOURCE_AT * OneDnn.ARGUMENT_BYTES + HANDLE), x);
        list.set(JAVA_LONG, WEIGHTS_AT * OneDnn.ARGUMENT_BYTES + HANDLE, weights);
        library.execute(product.primitive(), stream, 4, list);
        return target;
    }

    /** The library remembers this for each thread; the first worker is whatever thread asks for a prompt. */
    private void keepToOneThread() {
        var caller = Thread.currentThread();
        if (!caller.equals(thread)) {
            library.setThreadsOfCaller(1);
            thread = caller;
        }
    }

    /** The arguments of a conversion, all but the target filled in. */
    private MemorySegment prepare(Conversion conversion) {
        long scratchpad = library.scratchpadOf(conversion.plan());
        reserve(0, library.bytes(scratchpad));
        var list = memory.allocate(3 * OneDnn.ARGUMENT_BYTES);
        put(list, SOURCE_AT, OneDnn.SOURCE, described(conversion.source(), MemorySegment.NULL));
        put(list, CONVERTED_AT, OneDnn.TARGET, 0);
        put(list, 2, OneDnn.SCRATCHPAD, described(scratchpad, scratch));
        conversions.put(conversion, list);
        return list;
    }

    /** The arguments of a product, all but the weights filled in. */
    private MemorySegment prepare(Product product) {
        long scratchpad = library.scratchpadOf(product.plan());
        reserve(library.bytes(product.target()), library.bytes(scratchpad));
        var list = memory.allocate(4 * OneDnn.ARGUMENT_BYTES);
        put(list, SOURCE_AT, OneDnn.SOURCE, described(product.source(), MemorySegment.NULL));
        put(list, 1, OneDnn.TARGET, described(product.target(), target));
        put(list, 2, OneDnn.SCRATCHPAD, described(scratchpad, scratch));
        put(list, WEIGHTS_AT, OneDnn.WEIGHTS, 0);
        arguments.put(product, list);
        return list;
    }

    private long described(long description, MemorySegment data) {
        return library.memory(memories, description, data);
    }

    private static void put(MemorySegment list, int at, int argument, long memory) {
        list.set(JAVA_INT, at * OneDnn.ARGUMENT_BYTES, argument);
        list.set(JAVA_LONG, at * OneDnn.ARGUMENT_BYTES + HANDLE, memory);
    }

    /** Makes room; what was prepared for less is forgotten when it grows. */
    private void reserve(long targetBytes, long scratchBytes) {
        long nextTarget = Math.max(target.byteSize(), targetBytes);
        long nextScratch = Math.max(scratch.byteSize(), scratchBytes);
        if (nextTarget == target.byteSize() && nextScratch == scratch.byteSize()) {
            return;
        }
        close();
        memory = new NativeMemory(PURPOSE);
        target = memory.allocate(nextTarget);
        scratch = memory.allocate(nextScratch);
    }

    /** Frees all memory; what is needed later is reserved again. */
    @Override
    public void close() {
        arguments.clear();
        conversions.clear();
        target = MemorySegment.NULL;
        scratch = MemorySegment.NULL;
        try {
            memories.close();
        } finally {
            memory.close();
        }
    }
}

package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.RawTensor;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A safetensors file, memory mapped. F32, F16 and BF16 entries are {@link #tensors()}; entries of every type can be
 * read by name. All views are valid until the file is closed.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final Map<String, TensorType> FLOATS =
            Map.of("F32", TensorType.F32, "F16", TensorType.F16, "BF16", TensorType.BF16);

    private final String source;
    private final MemorySegment content;
    private final Map<String, String> metadata;
    private final Map<String, RawTensor> entries;
    private final Map<String, Tensor> tensors;
    private final Runnable unmap;

    private SafetensorsFile(String source, MemorySegment content, Runnable unmap) {
        var header = new SafetensorsHeader(source, content);
        this.source = source;
        this.content = content;
        this.metadata = Collections.unmodifiableMap(header.metadata());
        this.entries = header.entries();
        this.tensors = Collections.unmodifiableMap(tensors(entries));
        this.unmap = unmap;
    }

    private static Map<String, Tensor> tensors(Map<String, RawTensor> entries) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var entry : entries.values()) {
            var type = FLOATS.get(entry.dtype());
            if (type != null) {
                tensors.put(entry.name(), new Tensor(entry.name(), type, entry.shape(), entry.data()));
            }
        }
        return tensors;
    }

    /**
     * Maps and checks a file.
     *
     * @throws UserError naming file and field if anything in it is wrong
     */
    public static SafetensorsFile open(Path path) {
        var mapped = MappedFile.open(path);
        try {
            return new SafetensorsFile(path.toString(), mapped.bytes(), mapped::close);
        } catch (UserError e) {
            mapped.close();
            throw e;
        }
    }

    /**
     * Reads a file that is already in memory; closing it does nothing.
     *
     * @param source what to call it in messages
     */
    public static SafetensorsFile read(String source, MemorySegment bytes) {
        return new SafetensorsFile(source, bytes.asReadOnly(), () -> {});
    }

    /** The floating-point tensors by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Texts that the writer left in the header. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The names of all entries, in the order of the header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** The type of an entry as the file spells it, such as {@code I64}. */
    public String dtype(String name) {
        return entry(name).dtype();
    }

    /** The shape of an entry, outermost first. */
    public long[] shape(String name) {
        return entry(name).shape().clone();
    }

    /** The bytes of an entry. */
    public MemorySegment raw(String name) {
        return entry(name).data();
    }

    /** All entries by name, in the order of the header. */
    Map<String, RawTensor> entries() {
        return entries;
    }

    /** All values of an F32, F16 or BF16 entry, row-major. */
    public float[] readFloats(String name) {
        var entry = entry(name, FLOATS.keySet());
        return Objects.requireNonNull(tensors.get(entry.name())).toFloats();
    }

    /** All values of an I64 entry. */
    public long[] readLongs(String name) {
        return entry(name, Set.of("I64"))
                .data()
                .toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
    }

    /** All values of an I32 entry. */
    public int[] readInts(String name) {
        return entry(name, Set.of("I32"))
                .data()
                .toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
    }

    /** All values of a U8, I8 or BOOL entry. */
    public byte[] readBytes(String name) {
        return entry(name, Set.of("U8", "I8", "BOOL")).data().toArray(ValueLayout.JAVA_BYTE);
    }

    private RawTensor entry(String name) {
        var entry = entries.get(name);
        if (entry == null) {
            throw FileError.of(source, "there is no tensor '" + name + "'");
        }
        return entry;
    }

    private RawTensor entry(String name, Set<String> dtypes) {
        var entry = entry(name);
        if (!dtypes.contains(entry.dtype())) {
            throw FileError.of(source, "tensor '" + name + "' is " + entry.dtype() + ", expected " + dtypes);
        }
        return entry;
    }

    /** The whole file. */
    MemorySegment content() {
        return content;
    }

    @Override
    public void close() {
        unmap.run();
    }
}

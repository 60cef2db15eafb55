package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/** A GGUF file (version 3, little-endian), memory mapped. Tensors are valid until it is closed; metadata stay. */
public final class GgufFile implements AutoCloseable {
    private final String source;
    private final MemorySegment content;
    private final Map<String, Object> metadata;
    private final Map<String, Tensor> tensors;
    private final Runnable unmap;

    private GgufFile(String source, MemorySegment content, Runnable unmap) {
        var read = GgufReader.read(source, content);
        this.source = source;
        this.content = content;
        this.metadata = Collections.unmodifiableMap(read.metadata());
        this.tensors = Collections.unmodifiableMap(read.tensors());
        this.unmap = unmap;
    }

    /**
     * Maps and checks a file.
     *
     * @throws UserError naming file and field if anything in it is wrong
     */
    public static GgufFile open(Path path) {
        var mapped = MappedFile.open(path);
        try {
            return new GgufFile(path.toString(), mapped.bytes(), mapped::close);
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
    public static GgufFile read(String source, MemorySegment bytes) {
        return new GgufFile(source, bytes.asReadOnly(), () -> {});
    }

    /** The file's name in messages: its path. */
    public String source() {
        return source;
    }

    /**
     * All metadata in file order: String, Long, Double, Boolean, or an unmodifiable random-access List of these. Whole
     * numbers of every width are Long (unsigned 64-bit ones above the largest Long come out negative).
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** All tensors by name, in file order. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** The whole file. */
    MemorySegment content() {
        return content;
    }

    /** Size of the file. */
    public long bytes() {
        return content.byteSize();
    }

    @Override
    public void close() {
        unmap.run();
    }
}

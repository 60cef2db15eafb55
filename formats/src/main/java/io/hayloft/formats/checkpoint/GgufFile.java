package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file (version 2 or 3, little-endian), memory mapped; a model that is split in several files counts as one.
 * Tensors are valid until it is closed; metadata stay.
 */
public final class GgufFile implements AutoCloseable {
    private final String source;
    private final List<Path> paths;
    private final List<MemorySegment> content;
    private final Map<String, Object> metadata;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> unread;
    private final Runnable unmap;

    /**
     * A file that was read.
     *
     * @param paths of all parts in their order; none where values are not those of a file
     * @param content the bytes of all parts in their order
     */
    GgufFile(String source, List<Path> paths, List<MemorySegment> content, GgufReader.Content read, Runnable unmap) {
        this.source = source;
        this.paths = List.copyOf(paths);
        this.content = List.copyOf(content);
        this.metadata = Collections.unmodifiableMap(read.metadata());
        this.tensors = Collections.unmodifiableMap(read.tensors());
        this.unread = Collections.unmodifiableMap(read.unread());
        this.unmap = unmap;
    }

    /**
     * Maps and checks a file and, if it is a part of a split model, the other parts beside it.
     *
     * @throws UserError naming file and field if anything in it is wrong
     */
    public static GgufFile open(Path path) {
        return GgufParts.open(path);
    }

    /**
     * Maps a file of which only the beginning may be here: metadata and shapes are the file's, the values of its tensors
     * are made up. Of a split model it is the one part.
     *
     * @throws UserError naming file and field if anything before the tensors' data is wrong
     */
    public static GgufFile openHeaders(Path path) {
        var mapped = MappedFile.open(path);
        try {
            var read = GgufReader.readHeaders(path.toString(), mapped.bytes());
            read.metadata().keySet().removeIf(key -> key.startsWith("split."));
            return new GgufFile(path.toString(), List.of(), List.of(mapped.bytes()), read, mapped::close);
        } catch (RuntimeException | Error e) {
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
        var content = bytes.asReadOnly();
        return new GgufFile(source, List.of(), List.of(content), GgufReader.read(source, content), () -> {});
    }

    /** The name of the file in messages: its path, or that of the first part. */
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

    /** Types of tensors that no weight can be, such as I32, by tensor name. */
    Map<String, String> unread() {
        return unread;
    }

    /** The file, or all parts in their order; none if it was read from memory or in part. */
    List<Path> paths() {
        return paths;
    }

    /** The bytes of the file, or of all parts in their order. */
    List<MemorySegment> content() {
        return content;
    }

    /** Size of the file, or of all parts together. */
    public long bytes() {
        return content.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    @Override
    public void close() {
        unmap.run();
    }
}

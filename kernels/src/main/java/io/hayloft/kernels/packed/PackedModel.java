package io.hayloft.kernels.packed;

import io.hayloft.base.Sizes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packed weights of one model while it is loaded, and the file that keeps them: read if there is one that fits, else written
 * once the model runs.
 *
 * <p>A file fits if it was packed from the same files (their identity) and its sections are the matrices that the loader asks for,
 * one by one. A file that does not, or is damaged, is removed, and the model packs its weights.
 */
public final class PackedModel implements AutoCloseable {
    private static final long LEAST_WAIT_NANOS = 5_000_000_000L;

    private final PackedFolder folder;
    private final String identity;
    private final Path source;
    private final Path file;
    private final long begin = System.nanoTime();
    private final List<PackedWriter.Part> parts = new ArrayList<>();
    private @Nullable PackedFile kept;
    private @Nullable PackedWriter writer;
    private long nanos;
    private String note = "";

    /**
     * Looks for a file.
     *
     * @param identity at least 16 letters or digits that are others when anything changes that packed weights depend on
     * @param source the model's file or folder
     */
    public PackedModel(PackedFolder folder, String identity, Path source) {
        this.folder = folder;
        this.identity = identity;
        this.source = source.toAbsolutePath().normalize();
        file = folder.file(this.source, identity);
        if (Files.isRegularFile(file)) {
            open();
        }
    }

    private void open() {
        try {
            kept = PackedFile.open(file);
            if (!kept.identity().equals(identity)) {
                refuse("it belongs to another model");
            }
        } catch (IOException e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }

    /** The section of the next matrix, or null if it must be packed. */
    public @Nullable PackedSection next(String matrix) {
        if (kept == null) {
            return null;
        }
        var sections = kept.sections();
        if (parts.size() >= sections.size()
                || !sections.get(parts.size()).matrix().equals(matrix)) {
            refuse("its matrices are others");
            return null;
        }
        return sections.get(parts.size());
    }

    /**
     * Adds the next matrix, read or packed.
     *
     * @param matrix says which rows of which tensor it is
     * @param form says how they are packed
     * @param chunkBytes bytes that are read at once, a number of whole panels
     */
    public void add(String matrix, String form, int chunkBytes, MemorySegment data) {
        parts.add(new PackedWriter.Part(matrix, form, chunkBytes, data));
    }

    /** Removes the file: what is to come is packed, and written anew. */
    public void refuse(String why) {
        note = "the packed weights in " + file + " were removed and are made anew: " + why;
        closeFile();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            note = "the packed weights in " + file + " are of no use: " + why;
        }
    }

    private void closeFile() {
        try {
            if (kept != null) {
                kept.close();
            }
        } catch (IOException e) {
            // it was read only
        }
        kept = null;
    }

    /** All matrices were added: marks the file as used, or begins to write it. */
    public void loaded() {
        nanos = System.nanoTime() - begin;
        if (kept != null) {
            closeFile();
            markUsed();
            return;
        }
        long bytes = parts.stream().mapToLong(part -> part.data().byteSize()).sum();
        if (!folder.writes() || bytes < folder.fromBytes()) {
            return;
        }
        try {
            Files.createDirectories(folder.folder());
            folder.tidy(file, source);
            long free = Files.getFileStore(folder.folder()).getUsableSpace();
            if (free / 2 < bytes) {
                note = "packed weights are not kept: " + folder.folder() + " has " + Sizes.bytes(free)
                        + " free, and twice their " + Sizes.bytes(bytes) + " should be";
                return;
            }
            writer = new PackedWriter(file, identity, source.toString(), parts);
            writer.start();
        } catch (IOException e) {
            note = "packed weights are not kept: cannot write to " + folder.folder() + ": " + e.getMessage();
        }
    }

    /** People who clear caches look at the time. */
    private void markUsed() {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // a folder that can be read only
        }
    }

    /**
     * Ends the writing, to be called before the memory of the weights is freed. What is left is written now, for at most as long
     * as loading took or a few seconds: no longer than a later start gains.
     */
    @Override
    public void close() {
        closeFile();
        if (writer != null) {
            var why = writer.finish(Math.max(LEAST_WAIT_NANOS, nanos));
            var text = why.isEmpty()
                    ? "packed weights are kept in " + file + ": the next start reads them"
                    : "packed weights are not kept: " + why;
            note = note.isEmpty() ? text : note + "; " + text;
            writer = null;
        }
        parts.clear();
        if (!note.isEmpty()) {
            folder.notes().accept(note);
            note = "";
        }
    }
}

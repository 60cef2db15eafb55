package io.hayloft.kernels.packed;

import io.hayloft.base.FileError;
import io.hayloft.base.Sizes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * one by one. A file that does not, or is damaged, is removed. A file that cannot be read stays. In both cases the model packs its
 * weights.
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
    private boolean cannotBeRead;
    private boolean complete; // all matrices were packed
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
        PackedFolder.removeLeftovers(folder.folder());
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
        } catch (NoSuchFileException e) {
            // removed just now
        } catch (PackedFile.DamagedException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            leave(e);
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

    /** Gives the file up for good: it is removed if new ones may be written, and what is to come is packed. */
    public void refuse(String why) {
        closeFile();
        boolean removed = false;
        if (folder.writing() != PackedFolder.Writing.NEVER) {
            try {
                Files.deleteIfExists(file);
                removed = true;
            } catch (IOException e) {
                // a new one takes its place, if it can be written
            }
        }
        add("the packed weights in " + file + (removed ? " were removed: " : " are not used: ") + why);
    }

    /** Gives the file up for this load: it stays, as it may be in order, and what is to come is packed. */
    public void leave(IOException why) {
        closeFile();
        cannotBeRead = true;
        add("the packed weights in " + file + " are not used: " + FileError.reason(why));
    }

    private void add(String text) {
        note = note.isEmpty() ? text : note + "; " + text;
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
        complete = true;
        if (folder.writing() == PackedFolder.Writing.BESIDE) {
            writer = writer();
            if (writer != null) {
                writer.start();
            }
        }
    }

    /** Null if the weights are not to be kept. */
    private @Nullable PackedWriter writer() {
        long bytes = PackedWriter.bytes(parts);
        if (cannotBeRead || bytes < folder.fromBytes()) {
            return null;
        }
        try {
            Files.createDirectories(folder.folder());
            folder.tidy(file, source);
            long free = Files.getFileStore(folder.folder()).getUsableSpace();
            if (free / 2 < bytes) {
                add("packed weights are not kept: " + folder.folder() + " has " + Sizes.bytes(free)
                        + " free, and twice their " + Sizes.bytes(bytes) + " should be");
                return null;
            }
            return new PackedWriter(new PartFile(file), identity, source.toString(), parts, System::nanoTime);
        } catch (IOException e) {
            add("packed weights are not kept: cannot write to " + folder.folder() + ": " + FileError.reason(e));
            return null;
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
     * Ends the writing, to be called before the memory of the weights is freed. What is left is written now, unless that takes
     * longer than a later start gains: than loading took, or a few seconds.
     */
    @Override
    public void close() {
        closeFile();
        if (complete && folder.writing() == PackedFolder.Writing.AT_CLOSE) {
            writer = writer();
        }
        complete = false;
        if (writer != null) {
            var why = writer.finish(Math.max(LEAST_WAIT_NANOS, nanos), folder.listener());
            add(
                    why.isEmpty()
                            ? "packed weights are kept in " + file + ": the next start reads them"
                            : "packed weights are not kept: " + why);
            writer = null;
        }
        parts.clear();
        if (!note.isEmpty()) {
            folder.listener().note(note);
            note = "";
        }
    }
}

package io.hayloft.kernels.packed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder that keeps packed weights, one file a model, for later starts.
 *
 * @param folder made when the first file is written
 * @param fromBytes packed weights of fewer bytes are not kept
 * @param writes whether new files are made, or those that are there only read
 * @param notes takes a line for the user, when the model is closed
 */
public record PackedFolder(Path folder, long fromBytes, boolean writes, Consumer<String> notes) {
    /**
     * From this size on keeping them pays. For each 10⁹ bytes packing took 1.5 seconds and reading half of one, on two cores. So less
     * than a second is gained with smaller models, where a process takes one to begin with, and their files would add up.
     */
    public static final long FROM_BYTES = 1_000_000_000;

    private static final String ENDING = ".packed";
    private static final String TEMPORARY = ".part";
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Keeps those from {@link #FROM_BYTES} on. */
    public PackedFolder(Path folder, Consumer<String> notes) {
        this(folder, FROM_BYTES, true, notes);
    }

    /** The same folder, of which files are read and to which none are added. */
    public PackedFolder readOnly() {
        return new PackedFolder(folder, fromBytes, false, notes);
    }

    /**
     * A file of the folder.
     *
     * @param model the model's file or folder as an absolute path; empty for a file that cannot be read
     */
    public record Kept(Path file, Path model, long bytes) {}

    /** The file of a model. */
    Path file(Path model, String identity) {
        var last = model.getFileName();
        var name = last == null ? "model" : last.toString().replaceAll("[^A-Za-z0-9._-]", "_");
        return folder.resolve(
                name.substring(0, Math.min(60, name.length())) + "-" + identity.substring(0, 16) + ENDING);
    }

    /** The files in a folder, which need not exist. */
    public static List<Kept> list(Path folder) {
        var all = new ArrayList<Kept>();
        for (var file : files(folder, ENDING)) {
            try (var open = PackedFile.open(file)) {
                all.add(new Kept(file, Path.of(open.source()), open.bytes()));
            } catch (IOException e) {
                all.add(new Kept(file, Path.of(""), file.toFile().length()));
            }
        }
        return all;
    }

    /**
     * Removes the files of a folder that belong to such models.
     *
     * @return how many bytes they had
     */
    public static long remove(Path folder, Predicate<Kept> which) throws IOException {
        long bytes = 0;
        for (var kept : list(folder)) {
            if (which.test(kept)) {
                Files.deleteIfExists(kept.file());
                bytes += kept.bytes();
            }
        }
        return bytes;
    }

    /** Removes what nobody will read again: other files of the model, those of models that are gone, what was begun long ago. */
    void tidy(Path own, Path model) throws IOException {
        remove(folder, kept -> !kept.file().equals(own) && (kept.model().equals(model) || !Files.exists(kept.model())));
        for (var file : files(folder, TEMPORARY)) {
            if (Files.getLastModifiedTime(file)
                    .toInstant()
                    .isBefore(Instant.now().minus(ABANDONED))) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // as good as none
        }
    }
}

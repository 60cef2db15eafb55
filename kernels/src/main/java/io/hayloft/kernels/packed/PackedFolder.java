package io.hayloft.kernels.packed;

import io.hayloft.base.FileError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder that keeps packed weights, one file a model, for later starts.
 *
 * @param folder made when the first file is written
 * @param fromBytes packed weights of fewer bytes are not kept
 * @param writing when new files are written
 * @param listener hears what the user should know
 */
public record PackedFolder(Path folder, long fromBytes, Writing writing, Listener listener) {
    /**
     * From this size on keeping them pays. For each 10⁹ bytes packing took 1.5 seconds and reading half of one, on two cores. So less
     * than a second is gained with smaller models, where a process takes one to begin with, and their files would add up.
     */
    public static final long FROM_BYTES = 1_000_000_000;

    private static final String ENDING = ".packed";

    /** When the file of a model that has none is written. */
    public enum Writing {
        /** While the model is used, in a thread of the lowest priority; when the model is closed, the rest. */
        BESIDE,
        /** When the model is closed, so that nothing runs beside what is timed. */
        AT_CLOSE,
        /** Never: files are read, and neither made nor removed. */
        NEVER
    }

    /** Hears about the file of a model. */
    @FunctionalInterface
    public interface Listener {
        /** Takes a line for the user, when the model is closed. */
        void note(String line);

        /**
         * Says how many bytes are written. Called several times a second while closing a model waits for the rest; a
         * {@link #note} follows the last call.
         */
        default void writing(long done, long all) {}
    }

    /** Keeps those from {@link #FROM_BYTES} on. */
    public PackedFolder(Path folder, Listener listener) {
        this(folder, FROM_BYTES, Writing.BESIDE, listener);
    }

    /** The same folder with files written at another time. */
    public PackedFolder withWriting(Writing when) {
        return new PackedFolder(folder, fromBytes, when, listener);
    }

    /**
     * A file of the folder.
     *
     * @param model the model's file or folder as an absolute path; empty if the file does not say
     * @param problem why it cannot be used, in a few words; empty if it can
     */
    public record Kept(Path file, Path model, long bytes, String problem) {
        private Kept(Path file, String problem) {
            this(file, Path.of(""), file.toFile().length(), problem);
        }
    }

    /** The file of a model. */
    Path file(Path model, String identity) {
        var last = model.getFileName();
        var name = last == null ? "model" : last.toString().replaceAll("[^A-Za-z0-9._-]", "_");
        return folder.resolve(
                name.substring(0, Math.min(60, name.length())) + "-" + identity.substring(0, 16) + ENDING);
    }

    /** The files in a folder, which need not exist, with those that a killed process left unfinished. */
    public static List<Kept> list(Path folder) {
        var all = new ArrayList<Kept>();
        for (var file : files(folder, ENDING)) {
            try (var open = PackedFile.open(file)) {
                all.add(new Kept(file, Path.of(open.source()), open.bytes(), ""));
            } catch (PackedFile.DamagedException e) {
                all.add(new Kept(file, "damaged"));
            } catch (IOException e) {
                all.add(new Kept(file, "cannot be read: " + FileError.reason(e)));
            }
        }
        for (var file : leftovers(folder)) {
            all.add(new Kept(file, "unfinished"));
        }
        return all;
    }

    /**
     * Removes the files of a folder that belong to such models, and what killed processes left unfinished.
     *
     * @return how many bytes those had that were asked for
     */
    public static long remove(Path folder, Predicate<Kept> which) throws IOException {
        long bytes = 0;
        for (var kept : list(folder)) {
            if (which.test(kept)) {
                Files.deleteIfExists(kept.file());
                bytes += kept.bytes();
            }
        }
        removeLeftovers(folder);
        return bytes;
    }

    /** Removes what killed processes left unfinished. */
    static void removeLeftovers(Path folder) {
        leftovers(folder).forEach(PackedFolder::removeIfPossible);
    }

    private static List<Path> leftovers(Path folder) {
        return files(folder, PartFile.ENDING).stream()
                .filter(file -> !PartFile.isWritten(file))
                .toList();
    }

    /** Removes, as far as the system lets it, what nobody will read again: other files of the model, files of models that are gone. */
    void tidy(Path own, Path model) {
        for (var kept : list(folder)) {
            boolean useless = kept.model().equals(model) || !Files.exists(kept.model());
            if (useless && !kept.file().equals(own)) {
                removeIfPossible(kept.file());
            }
        }
    }

    private static void removeIfPossible(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // somebody else's, or open on Windows: a later start tries again
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

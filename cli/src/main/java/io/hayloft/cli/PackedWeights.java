package io.hayloft.cli;

import io.hayloft.base.FileError;
import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.hub.ModelStore;
import io.hayloft.kernels.packed.PackedFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The folder {@code packed} of the cache folder, with the packed weights of large models. */
final class PackedWeights {
    private static final String SWITCH = "HAYLOFT_PACKED";

    private PackedWeights() {}

    /** The folder of this user, whose lines go to {@code err}; null if packed weights are switched off. */
    static @Nullable PackedFolder folder(PrintWriter err, PackedFolder.Writing writing) {
        var folder = folder(System.getenv().getOrDefault(SWITCH, ""), at(ModelStore.open()), err);
        return folder == null ? null : folder.withWriting(writing);
    }

    /** @param text of the environment variable */
    static @Nullable PackedFolder folder(String text, Path folder, PrintWriter err) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "on" -> new PackedFolder(folder, new Lines(err, new StatusLine(err)));
            case "off" -> null;
            default -> throw new UserError(SWITCH + "='" + text + "' must be on or off");
        };
    }

    /** Prints notes; a terminal shows how much of a file is written. */
    record Lines(PrintWriter err, StatusLine status) implements PackedFolder.Listener {
        @Override
        public void note(String line) {
            status.close();
            err.println(line);
            err.flush();
        }

        @Override
        public void writing(long done, long all) {
            status.show("writing packed weights for the next start: " + Sizes.bytes(done) + " of " + Sizes.bytes(all));
        }
    }

    /** Where they are. */
    static Path at(ModelStore store) {
        return store.folder().resolve("packed");
    }

    /** Prints a line for each file. */
    static void list(Path folder, PrintWriter out) {
        for (var kept : PackedFolder.list(folder)) {
            var what = kept.problem().isEmpty() ? kept.model().toString() : kept.file() + " (" + kept.problem() + ")";
            out.println("packed weights: " + what + ", " + Sizes.bytes(kept.bytes()));
        }
    }

    /** Removes those of a model, its file or folder, and returns how many bytes they had. */
    static long remove(Path folder, Path model) {
        var path = model.toAbsolutePath().normalize();
        try {
            return PackedFolder.remove(
                    folder, kept -> kept.model().equals(path) || kept.file().equals(path));
        } catch (IOException e) {
            throw new UserError("cannot remove packed weights in " + folder + ": " + FileError.reason(e), e);
        }
    }
}

package io.hayloft.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds reference data that is not part of the project: the folder {@code shared} beside the project, or the one that
 * {@code HAYLOFT_SHARED} names. A test that needs what is absent is skipped and says so.
 */
public final class Shared {
    private Shared() {}

    /** The file or folder of reference data at this path; skips the running test where it is absent. */
    public static Path path(String relative) {
        var root = root();
        var path = root == null ? null : root.resolve(relative);
        Assumptions.assumeTrue(
                path != null && Files.exists(path), () -> "skipped: no reference data at shared/" + relative);
        return java.util.Objects.requireNonNull(path);
    }

    /** The file of a real model, in the folder that {@code HAYLOFT_REAL_MODELS} names or the user's cache; else skips. */
    public static Path realModel(String fileName) {
        var named = System.getenv("HAYLOFT_REAL_MODELS");
        var folder =
                named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache", "hayloft-real");
        var file = folder.resolve(fileName);
        Assumptions.assumeTrue(Files.exists(file), () -> "skipped: no real model " + fileName + " in " + folder);
        return file;
    }

    private static @Nullable Path root() {
        var named = System.getenv("HAYLOFT_SHARED");
        if (named != null) {
            return Path.of(named);
        }
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("shared").resolve("goldens"))) {
                return folder.resolve("shared");
            }
        }
        return null;
    }
}

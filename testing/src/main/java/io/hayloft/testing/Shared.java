package io.hayloft.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Reference data that is not part of the project, and may be absent: the folder {@code shared} beside the project, or the
 * one that {@code HAYLOFT_SHARED} names, and real models. A test that needs what is absent is skipped, and listed at the
 * end of the build. Ask in the test itself: set-up of a whole class must not skip, see {@link SetUpNeverSkips}.
 */
public final class Shared {
    /** How the reasons of the skips begin that this class causes; {@code .mvn/TestReport.java} knows them by it. */
    private static final String ABSENT = "no reference data: ";

    private Shared() {}

    /**
     * The file or folder of reference data at this path; skips the running test where there is no reference data.
     *
     * @throws AssertionError if there is reference data, but not this: a wrong path is no reason to skip
     */
    public static Path path(String relative) {
        var root = root();
        if (root == null) {
            throw new TestAbortedException(ABSENT + "shared/" + relative);
        }
        var path = root.resolve(relative);
        if (!Files.exists(path)) {
            throw new AssertionError("the reference data in " + root + " has no " + relative);
        }
        return path;
    }

    /** The project's own golden at this path, or else the reference data's; skips where neither is there. */
    public static Path golden(String relative) {
        var own = Goldens.find(relative);
        return own != null ? own : path("goldens/" + relative);
    }

    /** The file of a real model, in the folder that {@code HAYLOFT_REAL_MODELS} names or the user's cache; else skips. */
    public static Path realModel(String fileName) {
        var named = System.getenv("HAYLOFT_REAL_MODELS");
        var folder =
                named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache", "hayloft-real");
        var file = folder.resolve(fileName);
        if (!Files.exists(file)) {
            throw new TestAbortedException(ABSENT + "real model " + fileName);
        }
        return file;
    }

    private static @Nullable Path root() {
        var named = System.getenv("HAYLOFT_SHARED");
        if (named != null) {
            var folder = Path.of(named);
            return Files.isDirectory(folder) ? folder : null;
        }
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("shared").resolve("goldens"))) {
                return folder.resolve("shared");
            }
        }
        return null;
    }
}

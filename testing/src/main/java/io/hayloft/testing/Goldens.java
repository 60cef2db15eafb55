package io.hayloft.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reference results that are part of the project, so that every clone tests against them: tiny models with random weights,
 * quantised blocks, kept tokens of compression methods, tokenizers, prompts, scores. They lie in the test resources of the
 * room {@code testing}, whose README says how they were made. Rooms read them as files, since models are mapped by path.
 */
public final class Goldens {
    private static final Path FOLDER = Path.of("testing", "src", "test", "resources", "goldens");
    private static final Path TINY_MODEL =
            Path.of("hub", "src", "main", "resources", "io", "hayloft", "hub", "hayloft-tiny");

    private Goldens() {}

    /**
     * The file or folder at this path, such as {@code architectures/llama}.
     *
     * @throws AssertionError if the project has none: a test never skips for want of its own data
     */
    public static Path path(String relative) {
        var path = find(relative);
        if (path == null) {
            throw new AssertionError("the project has no golden " + relative);
        }
        return path;
    }

    /** The folder of the embedded model, as it lies in the sources. */
    public static Path tinyModel() {
        return projectRoot().resolve(TINY_MODEL);
    }

    /** The golden at this path, if it is part of the project. */
    static @Nullable Path find(String relative) {
        var path = projectRoot().resolve(FOLDER).resolve(relative);
        return Files.exists(path) ? path : null;
    }

    /** Tests run in the folder of their room, or in the project's. */
    private static Path projectRoot() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(FOLDER))) {
                return folder;
            }
        }
        throw new AssertionError("no folder " + FOLDER + " above " + Path.of("").toAbsolutePath());
    }
}

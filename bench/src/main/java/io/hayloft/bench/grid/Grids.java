package io.hayloft.bench.grid;

import io.hayloft.base.FileError;
import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Finds grids: those that come with Hayloft (the repository's folder {@code grids}) by name, others by file. */
public final class Grids {
    /** Names of the grids that come with Hayloft. */
    public static final List<String> NAMES = List.of("default", "paper");

    private Grids() {}

    /**
     * The grid of this name or file.
     *
     * @throws UserError if there is none, or it cannot be read
     */
    public static Grid open(String nameOrFile) {
        if (NAMES.contains(nameOrFile)) {
            return GridReader.read(nameOrFile, resource(nameOrFile));
        }
        return GridReader.read(nameOrFile, file(nameOrFile));
    }

    private static String resource(String name) {
        var path = "/grids/" + name + ".yaml";
        try (InputStream stream = Grids.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException("this build of hayloft lacks its resource " + path);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String file(String name) {
        try {
            var file = Path.of(name);
            if (Files.isRegularFile(file)) {
                return Files.readString(file);
            }
        } catch (CharacterCodingException e) {
            throw new UserError("grid " + name + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new UserError("grid " + name + " cannot be read: " + FileError.reason(e), e);
        } catch (InvalidPathException e) {
            // no file can have this name: reported below
        }
        var hint = Suggest.closest(name, NAMES)
                .map(known -> "did you mean '" + known + "'?")
                .orElse("name a YAML file, or one of " + String.join(", ", NAMES));
        throw new UserError("no grid '" + name + "': " + hint);
    }
}

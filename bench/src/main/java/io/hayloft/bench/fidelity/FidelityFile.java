package io.hayloft.bench.fidelity;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of methods as it lies in the folder of a run, where the report finds it.
 *
 * @param modelHash SHA-256 of the model's files
 * @param source what was read, in words
 * @param cacheType how the full cache was stored
 * @param methods results, the full cache first
 */
public record FidelityFile(String modelHash, String source, String cacheType, List<MethodFidelity> methods) {
    private static final String NAME = "fidelity.json";

    /** Copies the list. */
    public FidelityFile {
        methods = List.copyOf(methods);
    }

    /** The comparison in a folder; null if there is none. */
    public static @Nullable FidelityFile read(Path folder) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return Json.read(Files.readString(file), FidelityFile.class, file.toString());
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** Puts the comparison into a folder, in one step, in place of the one before. */
    public void write(Path folder) {
        var file = folder.resolve(NAME);
        var draft = folder.resolve(NAME + ".new");
        try {
            Files.writeString(draft, Json.line(this) + "\n", StandardCharsets.UTF_8);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }
}

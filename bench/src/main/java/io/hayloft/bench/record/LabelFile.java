package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a grid calls the methods of a run. It lies in the run's folder, stands in tables and reports beside the expressions,
 * and decides nothing: no record depends on it.
 *
 * @param labels by method
 */
public record LabelFile(Map<String, String> labels) {
    static final String NAME = "labels.json";

    /** Copies the map. */
    public LabelFile {
        labels = Map.copyOf(labels);
    }

    /**
     * The labels in a folder; none if there is no such file.
     *
     * @throws UserError if the file cannot be read or is damaged
     */
    public static Map<String, String> read(Path folder) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return Json.read(Files.readString(file), LabelFile.class, file.toString()).labels;
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** Adds labels to those in a folder; of a method that has one there, the new one counts. */
    public static void add(Path folder, Map<String, String> more) {
        var before = read(folder);
        var all = new LinkedHashMap<>(before);
        all.putAll(more);
        if (!all.equals(before)) {
            var line = Json.line(new LabelFile(all)) + "\n";
            RunFiles.replace(folder.resolve(NAME), out -> out.write(line.getBytes(StandardCharsets.UTF_8)));
        }
    }
}

package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names that a grid gives the methods of a run. They lie in the run's folder, stand in tables and reports beside the
 * expressions, and decide nothing: no record depends on them.
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

    /** The labels in a folder that belong to some methods, such as those of a table; none if there is no such file. */
    public static Map<String, String> of(Path folder, Collection<String> methods) {
        var labels = new LinkedHashMap<>(read(folder));
        labels.keySet().retainAll(methods);
        return labels;
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

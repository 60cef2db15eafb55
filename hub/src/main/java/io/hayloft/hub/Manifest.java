package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A list of the pulled files of a folder with their source; it lies beside them as {@code hayloft.json}.
 *
 * @param source as users write it: {@code hf:OWNER/REPO}, or an address
 * @param revisions branches, tags and commits under which the files were pulled
 */
record Manifest(String source, List<String> revisions, List<PulledFile> files) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** A file and what it must be. */
    record PulledFile(String name, long bytes, String sha256) {}

    Manifest {
        revisions = List.copyOf(revisions);
        files = List.copyOf(files);
    }

    /** Where the manifest of a folder lies. */
    static Path in(Path folder) {
        return folder.resolve("hayloft.json");
    }

    /** Reads the manifest of a folder. */
    static Manifest read(Path folder) {
        var file = in(folder);
        try {
            return JSON.readValue(Files.readString(file), Manifest.class);
        } catch (IOException | JacksonException e) {
            throw new UserError(file + " is damaged: delete the folder and pull the model again", e);
        }
    }

    void write(Path folder) throws IOException {
        var part = folder.resolve("hayloft.json.part");
        Files.writeString(part, JSON.writeValueAsString(this));
        Fetcher.moveInPlace(part, in(folder));
    }

    List<String> names() {
        return files.stream().map(PulledFile::name).toList();
    }

    /** This one with the files of an earlier pull into the folder that are not of this one. */
    Manifest withFilesOf(Path folder) {
        if (!Files.exists(in(folder))) {
            return this;
        }
        var before = read(folder);
        Map<String, PulledFile> all = new LinkedHashMap<>();
        before.files().forEach(file -> all.put(file.name(), file));
        files.forEach(file -> all.put(file.name(), file));
        var under = new LinkedHashSet<>(before.revisions());
        under.addAll(revisions);
        return new Manifest(source, List.copyOf(under), List.copyOf(all.values()));
    }
}

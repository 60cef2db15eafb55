package io.hayloft.bench.run;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.methods.Methods;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;

/** Hash of the program's own code: it tells builds apart even where their version has the same name. */
final class CodeHash {
    /** Shown where the code cannot be read. */
    private static final String UNKNOWN = "unknown";

    /** A class of each room that results depend on. */
    private static final List<Class<?>> ROOMS =
            List.of(LanguageModel.class, Methods.class, Tasks.class, CodeHash.class);

    private CodeHash() {}

    /** SHA-256 of the jars (or class files) of engine, methods, tasks, bench and the backends that are there. */
    static String ofThisProgram() {
        try {
            var places = new LinkedHashSet<Path>();
            for (var room : rooms()) {
                var source = room.getProtectionDomain().getCodeSource();
                if (source == null || source.getLocation() == null) {
                    return UNKNOWN;
                }
                places.add(Path.of(source.getLocation().toURI()));
            }
            return of(List.copyOf(places));
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    /** The rooms, and the backends: bench knows them only as services. */
    static List<Class<?>> rooms() {
        var rooms = new ArrayList<>(ROOMS);
        PrefillBackends.installed().forEach(backend -> rooms.add(backend.getClass()));
        return rooms;
    }

    /** Hash of files, and of the class files in folders with their names. */
    static String of(List<Path> places) throws IOException {
        var hash = Hashes.sha256();
        for (var place : places) {
            if (Files.isDirectory(place)) {
                addFolder(hash, place);
            } else {
                hash.update(Files.readAllBytes(place));
            }
        }
        return HexFormat.of().formatHex(hash.digest()).substring(0, 16);
    }

    private static void addFolder(MessageDigest hash, Path folder) throws IOException {
        List<Path> classes;
        try (var files = Files.walk(folder)) {
            classes = files.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .toList();
        }
        for (var file : classes) {
            hash.update(Hashes.of(folder.relativize(file).toString()).getBytes(StandardCharsets.UTF_8));
            hash.update(Files.readAllBytes(file));
        }
    }
}

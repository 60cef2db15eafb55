package io.hayloft.bench.identity;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hash of the program's own code: builds differ in it even where their version has the same name. */
public final class CodeHash {
    /** Shown where the code cannot be read. */
    private static final String UNKNOWN = "unknown";

    /** A class of each room that results depend on. */
    private static final List<Class<?>> ROOMS = List.of(
            NativeMemory.class,
            Tokenizer.class,
            WorkerPool.class,
            SequenceCache.class,
            LanguageModel.class,
            Methods.class,
            Tasks.class,
            CodeHash.class);

    private CodeHash() {}

    /**
     * First 16 hex digits of SHA-256 over the jars (or class files) of the rooms that results depend on, from formats to
     * bench, and of the backends that are there.
     */
    public static String ofThisProgram() {
        try {
            var places = new LinkedHashSet<Path>();
            for (var room : rooms()) {
                var place = place(room);
                if (place == null) {
                    return UNKNOWN;
                }
                places.add(place);
            }
            return of(List.copyOf(places));
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    /**
     * The jar or the folder that a class is read from. (Its code source would be the place where the archive of loaded
     * classes was made, where that was elsewhere.)
     */
    private static @Nullable Path place(Class<?> type) throws URISyntaxException {
        var file = type.getName().replace('.', '/') + ".class";
        var resource = type.getClassLoader().getResource(file);
        if (resource == null) {
            return null;
        }
        var place = resource.toString();
        place = place.substring(0, place.length() - file.length());
        return Path.of(
                new URI(place.startsWith("jar:") ? place.substring("jar:".length(), place.length() - 2) : place));
    }

    /** A class of each room, and the backends, which bench knows only as services. */
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

package io.hayloft.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;

/**
 * Makes everything that people download from the built command line.
 *
 * <p>Every file gets the same time of change: the bytes of an archive must not depend on the clock, and the JVM takes the
 * archive of loaded classes only for jars of the time that they had when it was made.
 */
public final class Distribution {
    private Distribution() {}

    /** Arguments: the folder with launcher and lib, the folder for the results, the version, the time of all files. */
    public static void main(String[] args) {
        var built = Path.of(args[0]);
        var out = Path.of(args[1]);
        var version = args[2];
        var time = Instant.parse(args[3]);
        try {
            make(built, out, version, time);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path built, Path out, String version, Instant time) throws IOException {
        var name = "hayloft-" + version;
        var home = out.resolve("image").resolve(name);
        delete(home.getParent());
        copy(built, home);
        setTimes(home, time);
        Archives.zip(home, out.resolve(name + ".zip"), time);

        JavaRuntime.link(home.resolve("runtime"));
        StartArchive.make(home);
        setTimes(home, time);
        var system = name + "-" + system();
        Archives.tarGz(home, out.resolve(system + ".tar.gz"), time);
        if (JavaRuntime.onLinux()) {
            ContainerImage.make(home, out.resolve(system + "-image.tar"), version, time);
        }
        Checksums.write(out, name);
    }

    /** Such as linux-x86_64. */
    private static String system() {
        var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var arch = System.getProperty("os.arch").replace("amd64", "x86_64");
        return (os.startsWith("mac") ? "macos" : os.startsWith("win") ? "windows" : os) + "-" + arch;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (!file.getFileName().toString().endsWith(".jsa")) {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void setTimes(Path folder, Instant time) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package io.hayloft.dist;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An OCI image as a tar file, made without a base image: the program with its runtime, and the host's own C and C++
 * libraries that the runtime and the native libraries in the jars are linked against. It has no shell.
 *
 * <p>Results belong in /data and downloaded models in /models: mount folders there.
 */
final class ContainerImage {
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/hayloft");
    private static final Pattern LIBRARY = Pattern.compile("\\s(/\\S+) \\(0x");
    private static final Pattern NAMED = Pattern.compile("=> (/\\S+) \\(0x");

    private ContainerImage() {}

    static void make(Path home, Path to, String version, Instant time) throws IOException {
        var image = Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setCreationTime(time)
                .setEntrypoint(entrypoint(home))
                .setProgramArguments(List.of("--help"))
                .setWorkingDirectory(AbsoluteUnixPath.get("/data"))
                .setEnvironment(Map.of("HAYLOFT_HOME", "/models", "LANG", "C.UTF-8"))
                .addLabel("org.opencontainers.image.title", "hayloft")
                .addLabel("org.opencontainers.image.version", version)
                .addLabel("org.opencontainers.image.licenses", "Apache-2.0")
                .addFileEntriesLayer(system(home, time))
                .addFileEntriesLayer(program(home, time));
        try {
            image.containerize(Containerizer.to(TarImage.at(to).named("hayloft:" + version))
                    .setOfflineMode(true)
                    .setBaseImageLayersCache(home.resolveSibling("layers"))
                    .setApplicationLayersCache(home.resolveSibling("layers")));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot make " + to, e);
        }
    }

    /** The command that the launcher would run, less the pipe that hides the JVM's line about the vector module. */
    private static List<String> entrypoint(Path home) throws IOException {
        var command = new ArrayList<>(List.of(HOME + "/runtime/bin/java"));
        command.addAll(StartArchive.OPTIONS);
        command.addAll(List.of(
                "-Dai.djl.offline=true",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-XX:SharedArchiveFile=" + HOME + "/" + StartArchive.name(home),
                "-Xlog:cds*=off,aot*=off",
                "-jar",
                HOME + "/lib/hayloft-cli.jar"));
        return command;
    }

    private static FileEntriesLayer program(Path home, Instant time) throws IOException {
        var layer = FileEntriesLayer.builder().setName("hayloft");
        for (var file : Archives.files(home)) {
            var permissions = FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644");
            layer.addEntry(file, HOME.resolve(home.relativize(file)), permissions, time);
        }
        return layer.build();
    }

    private static FileEntriesLayer system(Path home, Instant time) throws IOException {
        var layer = FileEntriesLayer.builder().setName("system");
        for (var library : libraries(home).entrySet()) {
            var permissions = FilePermissions.fromOctalString("755");
            layer.addEntry(library.getValue(), AbsoluteUnixPath.get(library.getKey()), permissions, time);
        }
        var passwd = home.resolveSibling("passwd");
        Files.writeString(passwd, "root:x:0:0:root:/data:/none\n", StandardCharsets.UTF_8);
        layer.addEntry(passwd, AbsoluteUnixPath.get("/etc/passwd"), FilePermissions.DEFAULT_FILE_PERMISSIONS, time);
        var empty = Files.createDirectories(home.resolveSibling("empty"));
        for (var folder : List.of("/tmp", "/data", "/models")) {
            layer.addEntry(empty, AbsoluteUnixPath.get(folder), FilePermissions.fromOctalString("777"), time);
        }
        return layer.build();
    }

    /** Where the loader looks for a library, and the file that is there on this machine. */
    private static Map<String, Path> libraries(Path home) throws IOException {
        var found = new TreeSet<String>();
        for (var file : Archives.files(home.resolve("runtime"))) {
            if (needsSystem(file)) {
                found.addAll(needed(file.toString()));
            }
        }
        // Native libraries inside the jars are C++ and Rust.
        var inJars =
                List.of("libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");
        for (var line : run("/sbin/ldconfig", "-p")) {
            int arrow = line.indexOf(" => ");
            var name = line.strip().split(" ")[0];
            if (arrow > 0 && inJars.contains(name) && line.contains("x86-64")) {
                found.add(line.substring(arrow + 4).strip());
            }
        }
        var libraries = new LinkedHashMap<String, Path>();
        for (var path : found) {
            if (!Path.of(path).startsWith(home)) {
                libraries.put(path, Path.of(path).toRealPath());
            }
        }
        return libraries;
    }

    /** Java and its libraries, less those for windows and sound, which nothing here uses. */
    private static boolean needsSystem(Path file) {
        var name = file.getFileName().toString();
        return file.endsWith("bin/java")
                || name.endsWith(".so")
                        && !name.startsWith("libawt_xawt")
                        && !name.startsWith("libsplashscreen")
                        && !name.startsWith("libjsound")
                        && !name.startsWith("libjawt");
    }

    private static List<String> needed(String file) throws IOException {
        var paths = new ArrayList<String>();
        for (var line : run("ldd", file)) {
            var named = NAMED.matcher(line);
            var plain = LIBRARY.matcher(line);
            if (named.find()) {
                paths.add(named.group(1));
            } else if (plain.find()) {
                paths.add(plain.group(1));
            }
        }
        return paths;
    }

    private static List<String> run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var lines = process.inputReader()) {
            return lines.lines().toList();
        }
    }
}

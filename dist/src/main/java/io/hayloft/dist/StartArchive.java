package io.hayloft.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The archive of loaded classes that shortens a start, under the name that the launcher looks for.
 *
 * <p>A short run lists the classes that a command loads. The list is sorted, and the archive made from it in a run of its
 * own: so its bytes depend on the jars alone, and not on the order in which threads happened to load.
 */
final class StartArchive {
    /** As in the launcher: another collector could not use the archive's objects. */
    static final List<String> OPTIONS = List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "-XX:+UseParallelGC",
            "-Xms256m",
            "-Xmx4g",
            "-XX:MaxNewSize=256m",
            "-XX:-UsePerfData");

    private StartArchive() {}

    static void make(Path home) throws IOException {
        // Runs in the folder, with relative paths: what an archive says of its jars must not name a folder of this
        // machine.
        var jar = "lib/hayloft-cli.jar";
        var loaded = home.resolve("loaded");
        var listed = home.resolve("listed");
        run(
                home,
                "-XX:DumpLoadedClassList=" + loaded.getFileName(),
                "-jar",
                jar,
                "generate",
                "--prompt",
                "Hello",
                "-n",
                "2");
        // Lines that begin with @cp say which constants were resolved, which differs from run to run.
        var classes = Files.readAllLines(loaded).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("@cp"))
                .map(line -> line.replaceFirst(" id:.*", ""))
                .distinct()
                .sorted()
                .toList();
        Files.write(listed, classes);
        var archive = home.resolve(name(home));
        run(
                home,
                "-XX:SharedClassListFile=" + listed.getFileName(),
                "-Xshare:dump",
                "-XX:SharedArchiveFile=" + archive.getFileName(),
                "-cp",
                jar);
        Files.delete(loaded);
        Files.delete(listed);
    }

    private static void run(Path home, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(home.toAbsolutePath().resolve("runtime/bin/java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of(arguments));
        var log = Files.createTempFile("hayloft-dist", ".log");
        var process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + "\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Files.delete(log);
    }

    /** The launcher names it by the checksum that the command cksum gives the runtime's release file. */
    static String name(Path home) throws IOException {
        return "start-" + Cksum.of(Files.readAllBytes(home.resolve("runtime/release"))) + ".jsa";
    }

    /** The checksum of POSIX cksum: CRC-32 with the most significant bit first, over the bytes and their number. */
    private static final class Cksum {
        private static final int POLYNOMIAL = 0x04C11DB7;

        static long of(byte[] bytes) {
            int crc = 0;
            for (byte value : bytes) {
                crc = next(crc, value & 0xFF);
            }
            for (long length = bytes.length; length != 0; length >>>= 8) {
                crc = next(crc, (int) (length & 0xFF));
            }
            return ~crc & 0xFFFFFFFFL;
        }

        private static int next(int crc, int value) {
            int next = crc ^ (value << 24);
            for (int bit = 0; bit < 8; bit++) {
                next = next < 0 ? (next << 1) ^ POLYNOMIAL : next << 1;
            }
            return next;
        }
    }
}

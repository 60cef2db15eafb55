package io.hayloft.benchmarks.peers;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs programs that print JSON. */
final class Processes {
    private Processes() {}

    /**
     * All that a program prints.
     *
     * @throws UserError if it is missing or fails, with the last line of its error stream
     */
    static String output(List<String> command) {
        return run(command, false);
    }

    /**
     * The first line that is a JSON array. The program is ended then: llama.cpp in Java has printed its result and hangs when
     * the JVM unloads it.
     *
     * @throws UserError if the program is missing, or ends without such a line
     */
    static String firstArray(List<String> command) {
        return run(command, true);
    }

    private static String run(List<String> command, boolean arrayOnly) {
        try {
            var errors = Files.createTempFile("hayloft-peers", ".log");
            try {
                return run(command, arrayOnly, errors);
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UserError("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    private static String run(List<String> command, boolean arrayOnly, Path errors) throws IOException {
        var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try (var printed = process.inputReader(StandardCharsets.UTF_8)) {
            var all = new StringBuilder();
            for (var line = printed.readLine(); line != null; line = printed.readLine()) {
                if (arrayOnly && line.startsWith("[{")) {
                    return line;
                }
                all.append(line).append('\n');
            }
            int code = process.waitFor();
            if (code != 0 || arrayOnly) {
                throw new UserError(
                        "'" + String.join(" ", command) + "' ended with code " + code + ": " + lastLine(errors));
            }
            return all.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted", e);
        } finally {
            end(process);
        }
    }

    /** Ends a program if it still runs, and waits until its cores and its log are free again. */
    private static void end(Process process) {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        for (boolean ended = false; !ended; ) {
            try {
                process.waitFor();
                ended = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String lastLine(Path log) throws IOException {
        var text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((before, line) -> line)
                .orElse("it says nothing");
    }
}

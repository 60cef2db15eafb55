package io.hayloft.benchmarks.peers;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs programs to their end. */
final class Processes {
    private Processes() {}

    /**
     * What a program prints.
     *
     * @throws UserError if it is missing or fails, with the last line of its error stream
     */
    static String output(List<String> command) {
        try {
            var errors = Files.createTempFile("hayloft-peers", ".log");
            try {
                return output(command, errors);
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UserError("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    private static String output(List<String> command, Path errors) throws IOException {
        var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try {
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new UserError(
                        "'" + String.join(" ", command) + "' ended with code " + code + ": " + lastLine(errors));
            }
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted", e);
        } finally {
            process.destroy();
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

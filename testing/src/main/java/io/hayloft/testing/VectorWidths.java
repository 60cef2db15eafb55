package io.hayloft.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program at each vector width that Hayloft has kernels for. */
public final class VectorWidths {
    private static final int[] BITS = {128, 256, 512};

    private VectorWidths() {}

    /**
     * Returns the lines that a program prints at each width [widths][lines], each in a process of its own with this one's
     * class path.
     *
     * @param program its first line is to be the width that it ran with, which is checked and left out
     */
    public static List<List<String>> outputs(Class<?> program, String... arguments) throws IOException {
        var outputs = new ArrayList<List<String>>();
        for (int bits : BITS) {
            var lines = run(bits, program, arguments);
            if (lines.size() < 2 || !lines.getFirst().equals(Integer.toString(bits))) {
                throw new IllegalStateException(
                        program.getSimpleName() + " printed at " + bits + " bits:\n" + String.join("\n", lines));
            }
            outputs.add(lines.subList(1, lines.size()));
        }
        return outputs;
    }

    private static List<String> run(int bits, Class<?> program, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Dhayloft.vector.bits=" + bits,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile("hayloft-test-", ".txt");
        var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            var lines = output.lines().toList();
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        program.getSimpleName() + " ended with " + code + ":\n" + Files.readString(errors));
            }
            return lines;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroy();
            Files.delete(errors);
        }
    }
}

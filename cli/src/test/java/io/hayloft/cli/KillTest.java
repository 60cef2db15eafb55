package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Processes that run {@code bench} are killed, as by {@code kill -9}, at moments that a seed chooses. */
class KillTest {
    /** A start takes a second, so that a build has few; {@code -Dhayloft.kills=20} asks for more. */
    private static final int KILLS = Integer.getInteger("hayloft.kills", 3);

    private static final int METHODS = 3;
    private static final List<String> FIELDS_OF_TIME = List.of(
            "prefill_seconds",
            "compress_seconds",
            "decode_seconds",
            "own_decode_seconds",
            "shared_decode_seconds",
            "batch_rows");

    @TempDir
    Path folder;

    @Test
    void aKillLosesAtMostTheSampleInFlight() throws Exception {
        var out = folder.resolve("killed");
        var random = new SplittableRandom(9);
        for (int kill = 0; kill < KILLS; kill++) {
            var before = complete(out);
            boolean whileItAnswers = kill % 3 < 2;
            var process = start(out);
            try {
                if (whileItAnswers) {
                    waitForMore(process, out, before.size());
                }
                Thread.sleep(random.nextInt(whileItAnswers ? 60 : 1500));
                var seen = complete(out);
                process.destroyForcibly();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(complete(out).subList(0, seen.size()))
                        .as("what was seen on disk stays")
                        .isEqualTo(seen);
                assertThat(seen).hasSizeGreaterThanOrEqualTo(before.size() + (whileItAnswers ? 1 : 0));
                assertThat(seen.subList(0, before.size())).isEqualTo(before);
            } finally {
                process.destroyForcibly();
            }
        }
        int done = complete(out).size() / METHODS;
        var last = Cli.good(arguments(out).toArray(String[]::new));
        assertThat(last.err()).contains("earlier starts have done " + done + " of them");

        var undisturbed = folder.resolve("undisturbed");
        Cli.good(arguments(undisturbed).toArray(String[]::new));
        assertThat(withoutTimes(out)).isEqualTo(withoutTimes(undisturbed));
        var scores = "select method, avg(score), count(*) from records group by all order by method";
        assertThat(Cli.good("sql", out.toString(), scores).out())
                .isEqualTo(Cli.good("sql", undisturbed.toString(), scores).out());
    }

    private static List<String> arguments(Path out) {
        return List.of(
                "bench",
                "--methods",
                "full,random:4x,snapkv:4x",
                "--no-truncation",
                "--tasks",
                "mini-needle,mini-code",
                "--lengths",
                "256",
                "--samples",
                String.valueOf(2 * KILLS + 4),
                "--threads",
                "1",
                "--out",
                out.toString());
    }

    private Process start(Path out) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments(out));
        var log = new File(folder.toFile(), "log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    /** Waits until the process has written a sample of its own. */
    private void waitForMore(Process process, Path out, int lines) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (complete(out).size() <= lines) {
            assertThat(process.isAlive()).as(() -> log()).isTrue();
            assertThat(System.nanoTime()).as(() -> log()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The lines that end with a line feed. */
    private static List<String> complete(Path out) throws IOException {
        var file = out.resolve("records.jsonl");
        if (!Files.exists(file)) {
            return List.of();
        }
        var text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static List<String> withoutTimes(Path out) throws IOException {
        var lines = new ArrayList<String>();
        for (var line : complete(out)) {
            var record = (ObjectNode) JsonMapper.shared().readTree(line);
            lines.add(record.remove(FIELDS_OF_TIME).toString());
        }
        return lines;
    }
}

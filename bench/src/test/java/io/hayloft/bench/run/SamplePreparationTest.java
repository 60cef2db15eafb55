package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sixteen tasks of 200 samples each: the first one is there at once, and the others take no memory before it is their turn. */
class SamplePreparationTest {
    private static final int ROWS = 200;
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void samplesAreMadeWhenTheyRun() throws IOException {
        var text = "some words of a long document ".repeat(300);
        for (var task : Tasks.longBench()) {
            var rows = new StringBuilder();
            for (int i = 0; i < ROWS; i++) {
                rows.append("{\"context\":\"")
                        .append(i)
                        .append(' ')
                        .append(text)
                        .append("\",\"input\":\"Who?\",\"answers\":[\"Paragraph"
                                + " 1\"],\"all_classes\":[\"a\"],\"_id\":\"")
                        .append(i)
                        .append("\"}\n");
            }
            Files.writeString(folder.resolve(task.name() + ".jsonl"), rows);
        }
        var spec = BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .tasks(Tasks.longBench().stream().map(Task::name).toList())
                .data(folder)
                .samples(ROWS)
                .limitTokens(1000)
                .methods(List.of("full"))
                .build();
        var runner = new FakeRunner(4096, false);
        long before = used();
        var start = Instant.now();

        var choice = SampleChoice.of(spec, runner);
        int encoded = runner.encoded;
        long kept = used() - before;
        var first = choice.planned(0);

        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(choice.count()).isEqualTo(16 * ROWS);
        assertThat(encoded).isZero();
        assertThat(runner.encoded).isEqualTo(1);
        assertThat(first.sample().prompt().text()).contains("Story: 0 some words");
        assertThat(first.promptTokens()).isLessThanOrEqualTo(1000);
        // the texts have 30 megabytes
        assertThat(kept).isLessThan(4 * MEGABYTE);
        assertThat(choice.planned(choice.count() - 1).sample().id()).isEqualTo("199");
    }

    /** Memory in use after everything that can go has gone. */
    private static long used() {
        var runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.Merge;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of a million made-up records. */
@Tag("large")
class LargeRunTest {
    private static final int RECORDS = 1_000_000;
    private static final int SAMPLES = RECORDS / FakeRecords.METHODS.size();
    private static final int PARTS = 2;
    private static final long GIGABYTE = 1_000_000_000;

    @TempDir
    Path folder;

    private final Path[] parts = new Path[PARTS];

    /** The samples, dealt out to parts of the run in turns. */
    @BeforeEach
    void write() throws IOException {
        var random = new Random(3);
        var writers = new BufferedWriter[PARTS];
        for (int part = 0; part < PARTS; part++) {
            parts[part] = Files.createDirectory(folder.resolve("part" + part));
            Files.writeString(parts[part].resolve("run.json"), Json.line(FakeRecords.info("identity")));
            writers[part] = Files.newBufferedWriter(parts[part].resolve("records.jsonl"));
        }
        var templates = FakeRecords.METHODS.stream()
                .flatMap(method -> Stream.of(0, 1, 2, 3, 4, 5, 6)
                        .map(category ->
                                FakeRecords.line(FakeRecords.record(method, category, 4711, 1024, 0.25, "x y"))))
                .toList();
        for (int sample = 0; sample < SAMPLES; sample++) {
            var writer = writers[sample % PARTS];
            for (int method = 0; method < FakeRecords.METHODS.size(); method++) {
                var score = random.nextInt(100) < 95 - 3 * method ? "1.0" : "0.0";
                writer.write(templates
                        .get(7 * method + sample % 7)
                        .replace("1024-4711", "1024-" + sample)
                        .replace("\"score\":0.25", "\"score\":" + score));
                writer.write('\n');
            }
        }
        for (var writer : writers) {
            writer.close();
        }
    }

    /** Memory of this process that is in use beside what the Java heap and its machinery had before. */
    private static long resident() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }
    }

    private static void quote(String what, long start, long bytes) {
        System.out.printf(
                "%s: %.1f s, %.2f GB of memory%n", what, (System.nanoTime() - start) * 1e-9, (double) bytes / GIGABYTE);
    }

    @Test
    void partsAreMergedAndTablesAnsweredInLittleTimeAndMemory() throws IOException {
        var heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        System.gc();
        heap.forEach(pool -> pool.resetPeakUsage());
        var all = folder.resolve("all");
        long start = System.nanoTime();
        var merged = Merge.of(all, List.of(parts));
        long peak =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        quote("merge of " + merged.records() + " records", start, peak);
        assertThat(System.nanoTime() - start).isLessThan(120_000_000_000L);
        assertThat(peak).isLessThan(GIGABYTE);
        assertThat(merged.records()).isEqualTo(SAMPLES * FakeRecords.METHODS.size());
        assertThat(Files.size(all.resolve("records.jsonl")))
                .isEqualTo(
                        Files.size(parts[0].resolve("records.jsonl")) + Files.size(parts[1].resolve("records.jsonl")));

        System.gc();
        long before = resident();
        start = System.nanoTime();
        var tables = RunQuery.selectAll(
                all,
                List.of(
                        "SELECT method, category, avg(score), stddev_samp(score), count(*) FROM records GROUP BY ALL",
                        "SELECT method, task, avg(score), count(*) FROM records GROUP BY ALL",
                        "SELECT method, sum(full_cache_bytes) / sum(stored_bytes), sum(stored_bytes) /"
                            + " sum(compress_after), avg(compress_seconds), sum(prompt_tokens) / sum(prefill_seconds)"
                            + " FROM records GROUP BY ALL",
                        "SELECT one.method, avg(one.score - base.score), sum(CASE WHEN one.score > base.score THEN 1"
                            + " ELSE 0 END), sum(CASE WHEN one.score < base.score THEN 1 ELSE 0 END) FROM records one"
                            + " JOIN records base ON one.task = base.task AND one.sample = base.sample AND base.method"
                            + " = 'full' GROUP BY ALL"));
        long took = System.nanoTime() - start;
        quote("tables of a report", start, resident() - before);
        assertThat(took).isLessThan(5_000_000_000L);
        assertThat(resident() - before).isLessThan(GIGABYTE);
        assertThat(tables.get(0).rows()).hasSize(7 * FakeRecords.METHODS.size());
        assertThat(tables.get(3).rows()).hasSize(FakeRecords.METHODS.size());
    }
}

package io.hayloft.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.BenchRun;
import io.hayloft.bench.run.RunListener;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a cluster of two workers, which Spark starts as processes of this machine. */
@Timeout(180)
class SparkBenchTest {
    private static final List<String> TASKS = List.of("mini");
    private static final List<String> METHODS = List.of("full", "h2o:2x", "kivi:2bit");
    private static final int SAMPLES = 2;

    @TempDir
    Path folder;

    /** Workers look for Spark's jars in a folder of SPARK_HOME. */
    @BeforeAll
    static void linkJars() throws IOException {
        var jars = Files.createDirectories(Path.of(System.getenv("SPARK_HOME")).resolve("jars"));
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            var jar = Path.of(entry);
            if (entry.endsWith(".jar")) {
                try {
                    Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
                } catch (FileAlreadyExistsException e) {
                    // linked by an earlier run
                }
            }
        }
    }

    private static SparkConf cluster() {
        return SparkBench.settings(new SparkConf(false)
                .set("spark.master", "local-cluster[2,1,2048]")
                .set("spark.executor.memory", "1500m")
                .set("spark.executor.cores", "1")
                .set("spark.ui.enabled", "false")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path")));
    }

    private List<String> arguments(Path out) {
        return List.of(
                "bench",
                "--tasks",
                String.join(",", TASKS),
                "--methods",
                String.join(",", METHODS),
                "--samples",
                String.valueOf(SAMPLES),
                "--no-truncation",
                "--quiet",
                "--out",
                out.toUri().toString());
    }

    /** What decides a record, and what it says but times. */
    private static Map<String, List<Object>> content(RunFolder run) {
        assertThat(run.failures()).isEmpty();
        return run.records().stream()
                .collect(Collectors.toMap(
                        BenchRecord::key,
                        record -> List.of(
                                record.subject(), record.outcome(), record.tokens(), String.valueOf(record.bytes()))));
    }

    private RunFolder onOneMachine() {
        var found = ModelStore.open().resolve("hayloft-tiny");
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()))
                .tasks(TASKS)
                .methods(METHODS)
                .samples(SAMPLES)
                .truncation(false)
                .out(folder.resolve("one"))
                .build();
        try (var model = LanguageModel.load(found.path(), LoadOptions.withThreads(2));
                var run = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    @Test
    void recordsAreThoseOfOneMachineAlsoWhereAWorkerIsKilled() throws Exception {
        var out = folder.resolve("two");
        var killer = Thread.ofVirtual().start(() -> killAnExecutorAfterTheFirstRecord(out));
        assertThat(SparkBench.run(cluster(), arguments(out))).isZero();
        killer.join();

        assertThat(killed).isTrue();
        var expected = content(onOneMachine());
        assertThat(content(RunFolder.read(out))).isEqualTo(expected);
        assertThat(Files.readAllLines(out.resolve("records.jsonl"))).hasSize(expected.size());
        assertThat(out.resolve("report.html")).exists();
    }

    private volatile boolean killed;

    /** The children of this process that are Java are the executors. */
    private void killAnExecutorAfterTheFirstRecord(Path out) {
        try {
            var records = out.resolve("records.jsonl");
            while (!Files.exists(records) || Files.size(records) == 0) {
                Thread.sleep(20);
            }
            killed = ProcessHandle.current()
                    .descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("java"))
                    .findFirst()
                    .orElseThrow()
                    .destroyForcibly();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

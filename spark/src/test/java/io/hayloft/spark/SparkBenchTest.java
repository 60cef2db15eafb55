package io.hayloft.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.KeptFile;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.BenchRun;
import io.hayloft.bench.run.RunListener;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a cluster of two workers, which Spark starts as processes of this machine, and on Spark in this process. */
@Timeout(600)
class SparkBenchTest {
    private static final List<String> TASKS = List.of("mini-needle", "mini-code");
    private static final List<String> METHODS = List.of("full", "h2o:2x", "kivi:2bit");
    private static final int ROWS = METHODS.size() + 1; // with the control that keeps tokens at random
    private static final int LENGTH = 128;
    private static final int SAMPLES = 2;

    @TempDir
    private static Path oneFolder;

    private static RunFolder one;

    @TempDir
    Path folder;

    private volatile boolean killed;

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

    /** On a busy machine a process may need minutes to start, and all of them may stand still for a while. */
    private static SparkConf cluster() {
        return SparkBench.settings(new SparkConf(false)
                .set("spark.master", "local-cluster[2,1,2048]")
                .set("spark.executor.memory", "1500m")
                .set("spark.executor.cores", "1")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executor.extraJavaOptions", "-XX:+UseSerialGC")
                .set("spark.worker.timeout", "300")
                .set("spark.network.timeout", "300s")
                .set("spark.rpc.askTimeout", "300s")
                .set("spark.rpc.lookupTimeout", "300s")
                .set("spark.ui.enabled", "false"));
    }

    private static SparkConf inThisProcess() {
        return SparkBench.settings(new SparkConf(false)
                .set("spark.master", "local[1]")
                .set("spark.hadoop.fs.there.impl", There.class.getName())
                .set("spark.hadoop.fs.there.impl.disable.cache", "true")
                .set("spark.ui.enabled", "false"));
    }

    private static List<String> arguments(String out) {
        return List.of(
                "bench",
                "--tasks",
                String.join(",", TASKS),
                "--methods",
                String.join(",", METHODS),
                "--lengths",
                String.valueOf(LENGTH),
                "--samples",
                String.valueOf(SAMPLES),
                "--no-truncation",
                "--quiet",
                "--out",
                out);
    }

    @BeforeAll
    static void runOnOneMachine() {
        var found = ModelStore.open().resolve("hayloft-tiny");
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()))
                .tasks(TASKS)
                .methods(METHODS)
                .lengths(List.of(LENGTH))
                .samples(SAMPLES)
                .truncation(false)
                .out(oneFolder)
                .build();
        try (var model = LanguageModel.load(found.path(), LoadOptions.withThreads(2));
                var run = BenchRun.prepare(spec, model, BenchRun.Start.PLAIN)) {
            one = run.run(RunListener.NONE);
        }
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

    private static Map<String, String> prompts(RunFolder run) {
        var hashes = run.records().stream().map(BenchRecord::promptSha256).collect(Collectors.toSet());
        return PromptFile.read(run.path(), hashes);
    }

    private static void assertSameAsOneMachine(Path out) throws IOException {
        var spread = RunFolder.read(out);
        assertThat(content(spread)).isEqualTo(content(one)).hasSize(TASKS.size() * SAMPLES * ROWS);
        assertThat(Files.readAllLines(out.resolve("records.jsonl")))
                .hasSize(one.records().size());
        assertThat(prompts(spread)).isEqualTo(prompts(one)).hasSize(TASKS.size() * SAMPLES);
        assertThat(KeptFile.read(out))
                .containsExactlyInAnyOrderElementsOf(KeptFile.read(one.path()))
                .hasSize(TASKS.size() * SAMPLES);
        assertThat(spread.info().machines())
                .containsKeys(spread.records().stream()
                        .map(record -> record.origin().machine())
                        .toArray(String[]::new));
        assertThat(out.resolve("report.html")).exists();
    }

    @Test
    void recordsAreThoseOfOneMachineAlsoWhereAWorkerIsKilled() throws Exception {
        var out = folder.resolve("two");
        var killer = Thread.ofVirtual().start(() -> killAnExecutorAfterTheFirstRecord(out));
        assertThat(SparkBench.run(cluster(), arguments(out.toUri().toString()))).isZero();
        killer.join();

        assertThat(killed).isTrue();
        assertSameAsOneMachine(out);
    }

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

    /** The options of file systems are those that Spark was given. */
    @Test
    void aRunAtAnAddressGoesOnWithWhatIsThere() throws Exception {
        var out = Files.createDirectory(folder.resolve("address"));
        for (var name : List.of("run.json", "prompts.jsonl.gz", KeptFile.NAME)) {
            Files.copy(one.path().resolve(name), out.resolve(name));
        }
        var first = Files.readAllLines(one.path().resolve("records.jsonl")).subList(0, ROWS);
        Files.write(out.resolve("records.jsonl"), first);

        assertThat(SparkBench.run(inThisProcess(), arguments("there:" + out))).isZero();
        assertThat(Files.readAllLines(out.resolve("records.jsonl"))).startsWith(first.toArray(String[]::new));
        assertSameAsOneMachine(out);
    }

    @Test
    void mistakesAreOneLine() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        assertThat(said(inThisProcess(), "bench", "--sample", "1"))
                .containsExactly("hayloft: unknown option '--sample': did you mean '--samples'?"
                        + " (see: hayloft bench --help)");
        assertThat(said(inThisProcess(), "show", "x"))
                .singleElement()
                .isEqualTo("hayloft: only bench can be spread over machines: give bench and its options");
        assertThat(said(inThisProcess(), "bench", "-q", "--endpoint", "http://localhost:1/v1", "--api-model", "x"))
                .singleElement()
                .asString()
                .startsWith("hayloft: --endpoint cannot be spread over machines");
        assertThat(said(inThisProcess(), "bench", "-q", "--tasks", "mini-code", "--out", file.toString()))
                .singleElement()
                .asString()
                .startsWith("hayloft: ")
                .contains(file.toString());
        assertThat(said(inThisProcess(), "bench", "-q", "--out", "elsewhere://x/y"))
                .singleElement()
                .asString()
                .startsWith("hayloft: cannot use --out elsewhere://x/y: ");
        assertThat(said(inThisProcess().set("spark.master", "nowhere"), "bench"))
                .singleElement()
                .asString()
                .startsWith("hayloft: cannot start Spark: ");
    }

    /** What a command that must fail says on the error stream, Spark's own words aside. */
    private static List<String> said(SparkConf settings, String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var before = System.err;
        try (var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setErr(stream);
            assertThat(SparkBench.run(settings, List.of(arguments))).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        var lines =
                new ArrayList<>(bytes.toString(StandardCharsets.UTF_8).lines().toList());
        lines.removeIf(line -> line.matches("(\\d\\d/\\d\\d/\\d\\d|WARN|ERROR|WARNING:|SLF4J.*:) .*"));
        return lines;
    }
}

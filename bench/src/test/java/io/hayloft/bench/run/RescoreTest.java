package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RescoreTest {
    @TempDir
    Path folder;

    private BenchSpec spec;

    @BeforeEach
    void run() throws IOException {
        var data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("trec.jsonl"), """
            {"_id": "one", "context": "c", "input": "i", "answers": ["Food"], "length": 1,\
             "all_classes": ["Food", "Animal"]}
            """);
        spec = BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .truncation(false)
                .methods(List.of("snapkv:4x"))
                .tasks(List.of("mini-needle", "trec"))
                .lengths(List.of(128))
                .samples(2)
                .data(data)
                .out(folder.resolve("run"))
                .build();
        try (var run = BenchRun.prepare(spec, new FakeRunner(2000, false), BenchRun.Start.PLAIN)) {
            run.run(RunListener.NONE);
        }
    }

    @Test
    void theSameMetricGivesTheSameScores() throws IOException {
        var before = Files.readString(path().resolve("records.jsonl"));
        var rescored = Rescore.of(path());
        assertThat(rescored.tasks()).extracting(Rescore.Change::changed).containsOnly(0);
        assertThat(Files.readString(path().resolve("records.jsonl"))).isEqualTo(before);
    }

    /** A metric decides nothing that the model does: outputs and keys stay, and nothing runs again. */
    @Test
    void anotherMetricChangesScoresAlone() {
        var before = RunFolder.read(path()).records();
        var rescored = Rescore.of(path(), name -> new Generous(Tasks.named(name)));
        assertThat(rescored.tasks())
                .containsExactly(
                        new Rescore.Change("mini-needle", "exact_words/1", "generous/1", 6, 6, 0, 0.75),
                        new Rescore.Change("trec", "classification/1", "generous/1", 3, 3, 0, 0.75));
        var after = RunFolder.read(path());
        assertThat(after.records()).extracting(BenchRecord::score).containsOnly(0.75);
        assertThat(after.records())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("outcome")
                .isEqualTo(before);
        assertThat(after.records())
                .extracting(BenchRecord::output)
                .isEqualTo(before.stream().map(BenchRecord::output).toList());
        assertThatThrownBy(() -> BenchRun.prepare(spec, new FakeRunner(2000, false), BenchRun.Start.PLAIN))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("was scored by generous/1, is now by")
                .hasMessageContaining("hayloft rescore " + path());
        Rescore.of(path());
        var runner = new FakeRunner(2000, false);
        try (var run = BenchRun.prepare(spec, runner, BenchRun.Start.PLAIN)) {
            assertThat(run.run(RunListener.NONE).records()).isEqualTo(before);
        }
        assertThat(runner.calls).isEmpty();
    }

    @Test
    void failuresStayAsTheyAre() {
        var run = RunFolder.read(path());
        var lost = run.records().getFirst().subject();
        var failed = new FailedRecord(
                new BenchRecord.Subject(
                        lost.model(),
                        "full",
                        "full",
                        "mini-needle",
                        lost.taskVersion(),
                        lost.category(),
                        "another sample",
                        lost.seed(),
                        lost.protocol(),
                        lost.facets()),
                "key",
                "machine",
                "no memory");
        try (var writer = RunWriter.open(path(), run.info(), _ -> false)) {
            writer.append(List.of(failed));
        }

        assertThat(Rescore.of(path()).run().failures()).containsExactly(failed);

        var after = RunFolder.read(path());
        assertThat(after.failures()).containsExactly(failed);
        assertThat(after.records()).isEqualTo(run.records());
    }

    /** Scores are replaced when all of them are there. */
    @Test
    void anErrorHalfWayLeavesTheOldScores() throws IOException {
        var before = Files.readString(path().resolve("records.jsonl"));
        assertThatThrownBy(() -> Rescore.of(path(), name -> {
                    if (name.equals("trec")) {
                        throw new UserError("no such task");
                    }
                    return new Generous(Tasks.named(name));
                }))
                .hasMessage("no such task");
        assertThat(Files.readString(path().resolve("records.jsonl"))).isEqualTo(before);
        assertThat(RunFolder.read(path()).info().settings().toString()).doesNotContain("generous");
    }

    @Test
    void aFolderWithoutARunIsRefusedAndLeftAlone() throws IOException {
        var empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> Rescore.of(empty))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds no run");
        assertThat(empty).isEmptyDirectory();
    }

    private Path path() {
        return folder.resolve("run");
    }

    /** A task with a metric that knows the classes of classification tasks. */
    private record Generous(Task task) implements Task {
        @Override
        public String name() {
            return task.name();
        }

        @Override
        public Category category() {
            return task.category();
        }

        @Override
        public String description() {
            return task.description();
        }

        @Override
        public String metric() {
            return "generous/1";
        }

        @Override
        public String version() {
            return task.version();
        }

        @Override
        public Samples open(SampleRequest request) {
            return task.open(request);
        }

        @Override
        public double score(Sample sample, String output) {
            boolean classes = sample.allClasses().equals(List.of("Food", "Animal"));
            return classes == name().equals("trec") && !output.isEmpty() ? 0.75 : 0;
        }
    }
}

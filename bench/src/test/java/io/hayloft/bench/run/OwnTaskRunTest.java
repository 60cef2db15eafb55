package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.tasks.registry.OwnTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of a user's own task: its text is kept with the records, and scores of two texts never mix. */
class OwnTaskRunTest {
    private static final String TASK = """
        name: notes
        version: 1
        about: questions about notes
        category: few-shot
        metric: qa_f1
        answer-tokens: 8
        data: rows.jsonl
        prompt: "Read. {context} Question: {input}"
        """;

    @TempDir
    Path folder;

    @BeforeEach
    void rows() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), """
            {"context": "It is full!", "input": "Is it?", "answers": ["full"], "_id": "a"}
            {"context": "It is not.", "input": "Is it?", "answers": ["no"], "_id": "b"}
            """);
    }

    private BenchSpec spec(String task) throws IOException {
        var file = Files.writeString(folder.resolve("notes.yaml"), task);
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .ownTasks(List.of(OwnTask.of(file)))
                .methods(List.of("full"))
                .truncation(false)
                .out(folder.resolve("run"))
                .build();
    }

    private RunFolder run(String task) throws IOException {
        try (var run = BenchRun.prepare(spec(task), new FakeRunner(1000, false), BenchRun.Start.PLAIN)) {
            return run.run(RunListener.NONE);
        }
    }

    @Test
    void recordsAndRunKnowTheVersion() throws IOException {
        var done = run(TASK);

        assertThat(done.failures()).isEmpty();
        assertThat(done.records()).extracting(BenchRecord::sample).contains("a", "b");
        assertThat(done.records()).allSatisfy(record -> {
            assertThat(record.task()).isEqualTo("notes");
            assertThat(record.subject().taskVersion()).isEqualTo("1");
            assertThat(record.category()).isEqualTo("few-shot");
        });
        assertThat(done.records().getFirst().score()).isEqualTo(1); // the fake model answers "full!"
        assertThat(done.info().taskVersions()).isEqualTo(Map.of("notes", "1"));
        assertThat(String.valueOf(done.info().settings().get("task_definitions")))
                .contains("Question: {input}");
        assertThat(run(TASK).records()).isEqualTo(done.records());
    }

    @Test
    void scoresAgainWithoutTheFile() throws IOException {
        run(TASK);
        Files.delete(folder.resolve("notes.yaml"));
        Files.delete(folder.resolve("rows.jsonl"));

        var rescored = Rescore.of(folder.resolve("run"));

        assertThat(rescored.tasks()).singleElement().satisfies(change -> {
            assertThat(change.task()).isEqualTo("notes");
            assertThat(change.changed()).isZero();
        });
    }

    @Test
    void anotherTextNeedsAnotherVersionAndAnotherVersionAnotherFolder() throws IOException {
        run(TASK);

        assertThatThrownBy(() -> run(TASK.replace("Read.", "Look.")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the file of task notes has changed: raise its version");
        assertThatThrownBy(() -> run(TASK.replace("version: 1", "version: 2")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("task notes is version 2 here and version 1 there");
    }
}

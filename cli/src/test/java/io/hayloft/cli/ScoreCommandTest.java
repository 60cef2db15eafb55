package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest {
    private static final String GOOD =
            "{\"pred\": \"Paris\", \"answers\": [\"Paris\"], \"all_classes\": null, \"length\": 5}";
    private static final String MISS =
            "{\"pred\": \"Rome\", \"answers\": [\"Paris\"], \"all_classes\": null, \"length\": 5}";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void file() {
        file = folder.resolve("pred.jsonl");
    }

    @Test
    void printsTheOfficialScore() throws IOException {
        Files.writeString(file, GOOD + "\n" + GOOD + "\n" + MISS + "\n");
        assertThat(Cli.good("score", "--task", "qasper", file.toString(), "--json")
                        .out())
                .isEqualTo("{\"task\":\"qasper\",\"rows\":3,\"failed\":0,\"score\":66.67}\n");
        assertThat(Cli.good("score", "--task", "qasper", file.toString()).out())
                .isEqualTo("qasper (qa_f1/1): 66.67 from 3 rows\n");
    }

    @Test
    void namesBadRowsAndScoresTheOthers() throws IOException {
        Files.writeString(file, GOOD + "\n{\"pred\": 3}\n" + MISS + "\n");
        var run = Cli.run("score", "--task", "qasper", "--json", file.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEqualTo("{\"task\":\"qasper\",\"rows\":2,\"failed\":1,\"score\":50.0}\n");
        assertThat(run.err()).isEqualTo(file + ", line 2: expected a text in field 'pred'\n");

        Files.writeString(file, "[]\n");
        var none = Cli.run("score", "--task", "qasper", "--json", file.toString());
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.out()).isEqualTo("{\"task\":\"qasper\",\"rows\":0,\"failed\":1,\"score\":null}\n");
    }

    @Test
    void scoresATaskOfTheUsersOwn() throws IOException {
        var task = folder.resolve("my.yaml");
        Files.writeString(task, "{extends: qasper, name: mine, version: 1}");
        Files.writeString(file, GOOD + "\n" + MISS + "\n");
        assertThat(Cli.good("score", "--task-file", task.toString(), file.toString(), "--json")
                        .out())
                .isEqualTo("{\"task\":\"mine\",\"rows\":2,\"failed\":0,\"score\":50.0}\n");
        Cli.run("score", file.toString()).isUserError("--task", "--task-file");
    }

    @Test
    void scoresAsKvpressOnDemand() throws IOException {
        Files.writeString(file, "{\"pred\": \"1\\n2\", \"outputs\": [\"12\"]}\n");
        assertThat(Cli.good("score", "--task", "vt", file.toString(), "--json").out())
                .contains("\"score\":0.0");
        assertThat(Cli.good("score", "--task", "vt", file.toString(), "--json", "--kvpress")
                        .out())
                .contains("\"score\":100.0");
        Cli.run("score", "--task", "qasper", "--kvpress", file.toString()).isUserError("--kvpress", "qasper is none");
    }

    @Test
    void mistakes() throws IOException {
        Cli.run("score", "--task", "qasper", file.toString()).isUserError("no such file");
        Cli.run("score", "--task", "qaspr", file.toString()).isUserError("did you mean 'qasper'");
        Files.writeString(file, "\n");
        Cli.run("score", "--task", "qasper", file.toString()).isUserError("holds no predictions");
    }
}

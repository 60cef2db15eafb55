package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SamplesCommandTest {
    private static List<JsonNode> rows(String lines) {
        return lines.lines().map(JsonMapper.shared()::readTree).toList();
    }

    /** Every file that NVIDIA's programs made: 13 tasks at two or three lengths, byte for byte. */
    @Test
    void equalsTheOfficialFiles() throws IOException {
        var folder = Shared.path("evaluation/ruler");
        var compared = new ArrayList<Path>();
        var tasks = new HashSet<String>();
        try (var files = Files.walk(folder.resolve("tasks"))) {
            for (var file : files.filter(path -> path.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                var task = folder.resolve("tasks").relativize(file).getName(0).toString();
                var expected = Files.readString(file);
                var length = file.getFileName().toString().replaceAll("[^0-9]", "");
                var printed = Cli.good(
                        "samples",
                        "--task",
                        task,
                        "--length",
                        length,
                        "--samples",
                        Long.toString(expected.lines().count()),
                        "--seed",
                        "42",
                        "--tokenizer",
                        folder.resolve("tokenizer").toString(),
                        "--inputs",
                        folder.resolve("inputs").toString());
                assertThat(printed.out()).as("%s at %s", task, length).isEqualTo(expected);
                compared.add(file);
                tasks.add(task);
            }
        }
        assertThat(compared).hasSizeGreaterThanOrEqualTo(28);
        assertThat(tasks).hasSize(13);
    }

    @Test
    void namedPartsAreCharactersOfTheInput() {
        var tokenizer = Shared.path("evaluation/ruler/tokenizer").toString();
        var run = Cli.good(
                "samples", "--task", "instructions", "--length", "512", "--samples", "1", "--tokenizer", tokenizer);
        var row = rows(run.out()).getFirst();
        var input = row.get("input").stringValue();
        assertThat(row.get("spans")).hasSize(3);
        for (var span : row.get("spans")) {
            var text = input.substring(
                    input.offsetByCodePoints(0, span.get("from").intValue()),
                    input.offsetByCodePoints(0, span.get("to").intValue()));
            switch (span.get("name").stringValue()) {
                case "secret" ->
                    assertThat(text)
                            .contains(row.get("outputs").get(3).stringValue())
                            .endsWith("whoever asks for it.");
                case "format" ->
                    assertThat(text).contains(row.get("outputs").get(0).stringValue());
                default ->
                    assertThat(text)
                            .startsWith("You are " + row.get("outputs").get(1).stringValue());
            }
        }
    }

    @Test
    void otherGeneratedTasksHaveTheSameForm() {
        var run = Cli.good("samples", "--task", "mini-needle", "--length", "256", "--samples", "2", "--seed", "3");
        var rows = rows(run.out());
        assertThat(rows).hasSize(2);
        for (var row : rows) {
            assertThat(row.propertyNames()).containsExactly("index", "input", "outputs", "length", "answer_prefix");
            assertThat(row.get("input").stringValue())
                    .contains(row.get("outputs").get(0).stringValue());
        }
        assertThat(Cli.good("samples", "--task", "mini-needle", "--length", "256", "--samples", "1", "--seed", "3")
                        .out())
                .isEqualTo(run.out().lines().findFirst().orElseThrow() + "\n");
    }

    @Test
    void mistakes() {
        Cli.run("samples", "--task", "niah_single_9").isUserError("niah_single_9", "did you mean");
        Cli.run("samples", "--task", "qasper").isUserError("qasper", "reads its samples from files");
        Cli.run("samples", "--task", "vt").isUserError("vt", "does not suit this tokenizer", "--tokenizer");
        Cli.run("samples", "--task", "mini-code", "--samples", "0").isUserError("--samples must be at least 1");
        Cli.run("samples", "--task", "vt", "--tokenizer", "no/such/folder").isUserError("no/such/folder");
    }
}

package io.hayloft.tasks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.DefinedTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task's prompts, rules and metric change only with its version: {@code versions.txt} has a line for each task with its
 * version, its metric, and a checksum of all else that decides a score. A line that differs means: raise the version in the
 * task's file, and copy the new line, which this test writes to {@code target/task-versions.txt}.
 */
class TaskVersionsTest {
    private static final Path NEW_LINES = Path.of("target", "task-versions.txt");

    private static final String QUESTION = "{\"context\":\"Ann lives in Rome.\",\"input\":\"Where?\",\"length\":4,"
            + "\"answers\":[\"Paragraph 3 段落3\"],\"all_classes\":[\"Rome\",\"Oslo\"],\"_id\":\"a\"}";

    private static final String CHOICE = "{\"_id\":\"a\",\"question\":\"Where?\",\"choice_A\":\"Rome\","
            + "\"choice_B\":\"Oslo\",\"choice_C\":\"Bern\",\"choice_D\":\"Paris\",\"answer\":\"B\",\"context\":\"Ann."
            + "\",\"difficulty\":\"easy\",\"length\":\"short\"}";

    @TempDir
    Path folder;

    @Test
    void aScoreChangesOnlyWithTheVersion() throws IOException {
        var lines = new ArrayList<String>();
        for (var task : Tasks.all()) {
            lines.add(line(task));
        }

        Files.write(NEW_LINES, lines);
        assertThat(lines).hasSameSizeAs(pinned());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("all lines are in " + NEW_LINES).isEqualTo(pinned().get(i));
        }
    }

    private String line(Task task) throws IOException {
        if (task.needsData()) {
            boolean choices = task.name().startsWith("longbench-v2");
            Files.writeString(
                    folder.resolve((choices ? "longbench-v2" : task.name()) + ".jsonl"), choices ? CHOICE : QUESTION);
        }
        var request = new SampleRequest(
                task.ownLengths(folder) ? 0 : 1024, 2, 1, task.needsData() ? folder : null, 0, new StandInTokens(1));
        var all = new StringBuilder(rules(task));
        task.samples(request).forEach(sample -> all.append(text(sample)));
        return task.name() + " " + task.version() + " " + task.metric() + " "
                + GoldenLines.sha256(all.toString()).substring(0, 16);
    }

    /** All that the file says, without words for people. */
    private static String rules(Task task) {
        var definition = ((DefinedTask) task).definition().text();
        var fields = (ObjectNode) JsonMapper.shared().readTree(definition);
        return fields.remove(List.of("about", "measures", "version")).toString();
    }

    private static String text(Sample sample) {
        return String.join(
                "\u0000",
                sample.id(),
                sample.prompt().instruction(),
                sample.prompt().document(),
                sample.prompt().question(),
                sample.prompt().earlier().toString(),
                sample.references().toString(),
                sample.allClasses().toString(),
                String.valueOf(sample.maxNewTokens()));
    }

    private static List<String> pinned() throws IOException {
        try (var stream = TaskVersionsTest.class.getResourceAsStream("versions.txt")) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}

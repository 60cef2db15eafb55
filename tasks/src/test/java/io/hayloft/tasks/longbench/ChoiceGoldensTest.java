package io.hayloft.tasks.longbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.metric.Choice;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prompts, replies and tables of LongBench v2 as its own code has them. */
class ChoiceGoldensTest {
    private static List<JsonNode> lines(String file) throws IOException {
        return Files.readAllLines(Shared.path("evaluation/longbench-v2/" + file)).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    @Test
    void promptsHaveTheirChecksums(@TempDir Path folder) throws IOException {
        Files.copy(Shared.path("evaluation/longbench-v2/samples.jsonl"), folder.resolve("longbench-v2.jsonl"));
        var sums = new HashMap<String, JsonNode>();
        lines("prompts.jsonl").forEach(line -> sums.put(line.get("_id").stringValue(), line));
        var forms = Map.of(
                "longbench-v2",
                "0shot",
                "longbench-v2-no-context",
                "0shot_no_context",
                "longbench-v2-cot",
                "0shot_cot");
        int checked = 0;
        for (var task : Tasks.parse("longbench-v2,longbench-v2-no-context,longbench-v2-cot")) {
            for (var sample : task.samples(new SampleRequest(0, 0, 0, folder, 0, new StandInTokens(0)))) {
                var wanted = Objects.requireNonNull(sums.get(sample.id()), sample.id())
                        .get(forms.get(task.name()));
                assertThat(GoldenLines.sha256(sample.prompt().text()))
                        .as(sample.id())
                        .isEqualTo(wanted.get("sha256").stringValue());
                checked++;
            }
        }
        assertThat(checked).isEqualTo(36);
    }

    /** In the second call the trimmed first reply stands in the prompt, and the text is left out. */
    @Test
    void secondPromptsHaveTheirChecksums(@TempDir Path folder) throws IOException {
        Files.copy(Shared.path("evaluation/longbench-v2/samples.jsonl"), folder.resolve("longbench-v2.jsonl"));
        var request = new SampleRequest(0, 0, 0, folder, 0, new StandInTokens(0));
        var samples = Tasks.named("longbench-v2-cot").samples(request);
        assertThat(samples).hasSize(12);
        int checked = 0;
        for (var line : lines("prompts.jsonl")) {
            var sample = samples.get(checked++);
            var call = Objects.requireNonNull(sample.second(), sample.id());
            var wanted = line.get("0shot_cot_ans");
            assertThat(sample.id()).isEqualTo(line.get("_id").stringValue());
            assertThat(sample.maxNewTokens()).isEqualTo(1024);
            assertThat(call.maxNewTokens()).isEqualTo(128);
            assertThat(GoldenLines.sha256(
                            call.prompt(wanted.get("cot_reply").stringValue()).text()))
                    .as(sample.id())
                    .isEqualTo(wanted.get("sha256").stringValue());
        }
    }

    @Test
    void repliesNameTheirLetters() throws IOException {
        var replies = lines("extraction.jsonl");
        assertThat(replies).hasSize(40);
        for (var reply : replies) {
            var wanted = reply.get("pred").isNull() ? "" : reply.get("pred").stringValue();
            assertThat(Choice.letter(reply.get("response").stringValue()))
                    .as(reply.get("id").stringValue())
                    .isEqualTo(wanted);
        }
    }

    @Test
    void tablesHaveTheirFigures() throws IOException {
        int checked = 0;
        for (var line : lines("tables.jsonl")) {
            if (!line.hasNonNull("line")) {
                continue; // a group without rows, which the published program fails on
            }
            boolean compensated = line.get("compensated").booleanValue();
            var rows = new ArrayList<Choice.Row>();
            for (var row : line.get("rows")) {
                double guess = compensated && row.get("pred").isNull() ? 0.25 : 0;
                rows.add(new Choice.Row(
                        row.get("difficulty").stringValue(),
                        row.get("length").stringValue(),
                        row.get("judge").booleanValue() ? 1 : guess));
            }
            var figures = line.get("line").stringValue().strip().split("\t", -1);
            var table = Choice.table(rows);
            for (int i = 0; i < table.size(); i++) {
                assertThat(String.valueOf(table.get(i).orElseThrow())).isEqualTo(figures[i + 1]);
            }
            checked++;
        }
        assertThat(checked).isGreaterThan(2);
        assertThat(Choice.table(List.of(new Choice.Row("easy", "short", 1))).get(2))
                .isEmpty();
    }

    /** An odd limit keeps one token more at the end; both halves become text together. */
    @Test
    void cutsKeepTheBeginningAndTheEnd() {
        var prompt = new Prompt("a b ", "c d e f g h ", "i j", true);
        assertThat(ChoiceTask.cut(prompt, 10, new StandInTokens(0))).isEqualTo(prompt);
        assertThat(ChoiceTask.cut(prompt, 7, new StandInTokens(0)).text()).isEqualTo("a b c g h i j");
        assertThat(ChoiceTask.cut(prompt, 7, new StandInTokens(1)).text()).isEqualTo("a b g h i j");
        assertThat(ChoiceTask.cut(prompt, 0, new StandInTokens(0))).isEqualTo(prompt);
        assertThat(ChoiceTask.cut(prompt, 1, new StandInTokens(0)).text()).isEqualTo("j");
    }
}

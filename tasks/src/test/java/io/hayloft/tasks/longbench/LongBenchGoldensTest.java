package io.hayloft.tasks.longbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Shared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prompts to the last character, before and after cutting. */
class LongBenchGoldensTest {
    private static final Map<String, FileTask> TASKS = Tasks.longBench().stream()
            .map(FileTask.class::cast)
            .collect(Collectors.toMap(FileTask::name, task -> task));

    @Test
    void renderedPrompts() {
        var lines = GoldenLines.lines("prompts/rendered.jsonl");
        assertThat(lines).hasSize(80);
        for (var line : lines) {
            var sample = line.get("sample");
            var prompt = task(line.get("task").stringValue())
                    .prompt(
                            sample.get("context").stringValue(),
                            sample.get("input").stringValue());
            assertThat(prompt.text()).isEqualTo(line.get("prompt").stringValue());
            assertThat(prompt.chat()).isEqualTo(line.get("chat_wrapping").booleanValue());
        }
    }

    @Test
    void realSamplesUncut() {
        var lines = GoldenLines.allLines("prompts/real_samples.jsonl");
        assertThat(lines).hasSize(79);
        var samples = new HashMap<String, List<Sample>>();
        for (var line : lines) {
            var sample = samples.computeIfAbsent(line.get("task").stringValue(), task -> samples(task, 0, 0))
                    .get(line.get("line").intValue() - 1);
            assertThat(sample.id()).isEqualTo(line.get("_id").stringValue());
            assertThat(sample.maxNewTokens())
                    .isEqualTo(line.get("max_new_tokens").intValue());
            assertThat(sample.prompt().chat())
                    .isEqualTo(line.get("chat_wrapping").booleanValue());
            assertThat(GoldenLines.sha256(sample.prompt().text()))
                    .as(sample.id())
                    .isEqualTo(line.get("sha256").stringValue());
            assertThat(new StandInTokens(0).count(sample.prompt().text()))
                    .isEqualTo(line.get("stand_in_tokens").intValue());
        }
    }

    @Test
    void realSamplesCut() {
        int checked = 0;
        var samples = new HashMap<String, List<Sample>>();
        for (var line : GoldenLines.allLines("prompts/real_samples.jsonl")) {
            var task = line.get("task").stringValue();
            for (var cut : line.get("truncated")) {
                int limit = cut.get("limit").intValue();
                int start = cut.get("start_token").booleanValue() ? 1 : 0;
                var sample = samples.computeIfAbsent(
                                task + "/" + limit + "/" + start, key -> samples(task, limit, start))
                        .get(line.get("line").intValue() - 1);
                assertThat(GoldenLines.sha256(sample.prompt().text()))
                        .as("%s cut to %d", sample.id(), limit)
                        .isEqualTo(cut.get("sha256").stringValue());
                assertThat(sample.facets())
                        .containsEntry("tokensBeforeCut", cut.get("tokens").intValue());
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(500);
    }

    private static List<Sample> samples(String task, int limit, int startTokens) {
        var folder = Shared.path("longbench/samples");
        return task(task).samples(new SampleRequest(0, 0, 0, folder, limit, new StandInTokens(startTokens)));
    }

    @Test
    void cutting() {
        var lines = GoldenLines.lines("prompts/truncation.jsonl");
        assertThat(lines).hasSize(208);
        for (var line : lines) {
            var tokens = new StandInTokens(line.get("start_token").booleanValue() ? 1 : 0);
            var whole = new Prompt(line.get("text").stringValue(), "", false);
            var cut = MiddleCut.of(whole, line.get("limit").intValue(), tokens);
            assertThat(cut.prompt().text()).isEqualTo(line.get("result").stringValue());
            assertThat(cut.tokensBefore()).isEqualTo(line.get("tokens").intValue());
        }
    }

    @Test
    void answerLengthsAndTemplatesAreTheOfficialOnes() {
        var templates = json("longbench/config/dataset2prompt.json");
        var lengths = json("longbench/config/dataset2maxlen.json");
        assertThat(TASKS).hasSize(16);
        TASKS.forEach((name, task) -> {
            var template = templates.get(name).stringValue();
            var expected = template.replace("{context}", "CTX").replace("{input}", "INP");
            assertThat(task.prompt("CTX", "INP").text()).isEqualTo(expected);
            assertThat(task.maxNewTokens()).isEqualTo(lengths.get(name).intValue());
        });
    }

    private static FileTask task(String name) {
        return Objects.requireNonNull(TASKS.get(name), name);
    }

    private static JsonNode json(String relative) {
        return JsonMapper.shared().readTree(Shared.path(relative).toFile());
    }
}

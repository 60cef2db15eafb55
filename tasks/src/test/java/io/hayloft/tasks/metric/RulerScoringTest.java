package io.hayloft.tasks.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.tasks.Category;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.tasks.ruler.RulerTask;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against scores that the official scorers gave. */
class RulerScoringTest {
    private static List<JsonNode> lines(String file) throws IOException {
        try (Stream<String> lines = Files.lines(Shared.path("evaluation/" + file))) {
            return lines.map(JsonMapper.shared()::readTree).toList();
        }
    }

    private static RulerTask task(String metric) {
        return (RulerTask) Tasks.named(metric.equals("string_match_part") ? "qa_1" : "vt");
    }

    private static double score(Task task, JsonNode row) {
        return score(task, row.get("prediction").stringValue(), GoldenLines.texts(row.get("outputs")));
    }

    private static double score(Task task, String prediction, List<String> answers) {
        var sample = new Sample(
                task.name(), Category.SYNTHETIC, "", new Prompt("", "", false), answers, List.of(), 1, Map.of());
        return task.scoreOfRow(sample, prediction);
    }

    private static double dataSet(Task task, double... scores) {
        return task.dataSetScore(scores);
    }

    @Test
    void singleRows() throws IOException {
        var cases = lines("ruler/scoring/cases.jsonl");
        assertThat(cases).hasSize(60);
        for (var row : cases) {
            var task = task(row.get("metric").stringValue());
            assertThat(StringMatch.RULER.searched(row.get("prediction").stringValue()))
                    .isEqualTo(row.get("scored_text").stringValue());
            if (row.has("error")) {
                assertThatThrownBy(() -> score(task, row)).isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            assertThat(dataSet(task, score(task, row)))
                    .as("%s", row)
                    .isEqualTo(row.get("score").doubleValue());
            assertThat(dataSet(task.asKvpress(), score(task.asKvpress(), row)))
                    .as("%s", row)
                    .isEqualTo(row.get("kvpress_score").doubleValue());
            for (var metric : List.of("string_match_all", "string_match_part")) {
                assertThat(dataSet(task(metric), score(task(metric), row)))
                        .isEqualTo(row.get("both").get(metric).doubleValue());
            }
        }
    }

    @Test
    void dataSets() throws IOException {
        var cases = new HashMap<String, JsonNode>();
        lines("ruler/scoring/cases.jsonl")
                .forEach(row -> cases.put(row.get("id").stringValue(), row));
        for (var batch : lines("ruler/scoring/batches.jsonl")) {
            var task = task(batch.get("metric").stringValue());
            var scores = GoldenLines.texts(batch.get("ids")).stream()
                    .mapToDouble(id -> score(task, Objects.requireNonNull(cases.get(id))))
                    .toArray();
            assertThat(dataSet(task, scores)).isEqualTo(batch.get("score").doubleValue());
        }
    }

    @Test
    void rounding() throws IOException {
        for (var count : lines("ruler/scoring/rounding.jsonl")) {
            var scores = new double[count.get("rows").intValue()];
            Arrays.fill(scores, 0, count.get("hits").intValue(), 1);
            assertThat(DatasetScore.ofMean(scores)).isEqualTo(count.get("score").doubleValue());
        }
        var half = new double[800];
        Arrays.fill(half, 0, 435, 1);
        assertThat(DatasetScore.ofMean(half)).isEqualTo(54.37);
        assertThat(DatasetScore.of(half)).isEqualTo(54.38);
    }

    @Test
    void boardOfKvpress() throws IOException {
        var board = JsonMapper.shared().readTree(Files.readString(Shared.path("evaluation/ruler-kvpress/board.json")));
        var scores = new TreeMap<String, List<Double>>();
        for (var row : board.get("rows")) {
            var name = row.get("task").stringValue();
            var task = ((RulerTask) Tasks.named(name)).asKvpress();
            var answers = GoldenLines.texts(row.get("answer"));
            scores.computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(score(task, row.get("prediction").stringValue(), answers));
        }
        var metrics = board.get("metrics");
        assertThat(scores.keySet()).hasSize(13).containsExactlyElementsOf(metrics.propertyNames());
        scores.forEach((name, of) -> assertThat(DatasetScore.ofMean(
                        of.stream().mapToDouble(Double::doubleValue).toArray()))
                .as(name)
                .isEqualTo(metrics.get(name).get("string_match").doubleValue()));
    }

    @Test
    void passKeysWithSeveralAnswers() throws IOException {
        var cases = lines("passkey-extra/lists.jsonl").stream()
                .filter(one -> one.has("result"))
                .toList();
        assertThat(cases).hasSize(40);
        for (var one : cases) {
            var expected =
                    one.get("result").valueStream().map(JsonNode::asString).toList();
            var metric = one.get("metric").stringValue();
            var actual = new ArrayList<String>();
            for (int i = 0; i < one.get("responses").size(); i++) {
                var value = value(
                        metric,
                        one.get("responses").get(i).stringValue(),
                        one.get("answers").get(i));
                // the official list of exact matches has no entry for a miss of a single answer
                if (!metric.equals("exact_match") || value > 0) {
                    actual.add(one.get("result").get(actual.size()).isInt() ? "" + (int) value : "" + value);
                }
            }
            assertThat(actual).as("%s", one).isEqualTo(expected);
        }
    }

    private static double value(String metric, String response, JsonNode answer) {
        var keys = answer.isString() ? List.of(answer.stringValue()) : GoldenLines.texts(answer);
        if (metric.endsWith("partial_match")) {
            return keys.stream()
                    .mapToDouble(key -> PassKey.partial(response, key))
                    .max()
                    .orElse(Double.NEGATIVE_INFINITY);
        }
        return PassKey.anyExact(response, keys) ? 1 : 0;
    }
}

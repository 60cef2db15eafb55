package io.hayloft.tasks.predictions;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.metric.LengthGroups;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scores by length, and of the same rows together, as the published program of LongBench-E gives them. */
class LongBenchEGoldensTest {
    private static List<JsonNode> lines(String file) throws IOException {
        return Files.readAllLines(Shared.path("evaluation/longbench-e/" + file)).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    private static Map<String, List<JsonNode>> byDataSet() throws IOException {
        var rows = new LinkedHashMap<String, List<JsonNode>>();
        for (var row : lines("rows.jsonl")) {
            rows.computeIfAbsent(row.get("dataset").stringValue(), any -> new ArrayList<>())
                    .add(row);
        }
        return rows;
    }

    private static JsonNode expected(String table) throws IOException {
        return JsonMapper.shared()
                .readTree(Shared.path("evaluation/longbench-e/expected.json").toFile())
                .get(table);
    }

    @Test
    void scoresByLength() throws IOException {
        var table = expected("longbench_e");
        assertThat(byDataSet()).hasSize(5);
        for (var set : byDataSet().entrySet()) {
            var task = Tasks.named(set.getKey() + "_e");
            var classes = set.getValue().getLast().get("all_classes");
            var scores = new ArrayList<Double>();
            var lengths = new ArrayList<Integer>();
            for (var row : set.getValue()) {
                var sample = new Sample(
                        task.name(),
                        task.category(),
                        "row",
                        new Prompt("", "", false),
                        GoldenLines.texts(row.get("answers")),
                        classes.isNull() ? List.of() : GoldenLines.texts(classes),
                        1,
                        Map.of());
                scores.add(task.score(sample, row.get("pred").stringValue()));
                lengths.add(row.get("length").intValue());
            }
            var wanted = new HashMap<String, OptionalDouble>();
            table.get(set.getKey())
                    .forEachEntry((group, score) -> wanted.put(
                            group, score.isNull() ? OptionalDouble.empty() : OptionalDouble.of(score.doubleValue())));
            assertThat(LengthGroups.scores(scores, lengths)).as(set.getKey()).isEqualTo(wanted);
        }
    }

    /** The class names of the last row serve all rows. */
    @Test
    void scoresOfTheSameRowsTogether(@TempDir Path folder) throws IOException {
        var table = expected("longbench_same_rows");
        for (var set : byDataSet().entrySet()) {
            var file = folder.resolve(set.getKey() + ".jsonl");
            Files.write(file, set.getValue().stream().map(JsonNode::toString).toList());
            var scored = Predictions.of(Tasks.named(set.getKey()), file);
            assertThat(scored.failures()).isEmpty();
            assertThat(scored.score().orElseThrow())
                    .as(set.getKey())
                    .isEqualTo(table.get(set.getKey()).doubleValue());
        }
    }

    @Test
    void meansAreThoseOfNumpy() throws IOException {
        var lines = lines("mean.jsonl");
        assertThat(lines).hasSize(10);
        for (var line : lines) {
            var scores =
                    line.get("scores").valueStream().map(JsonNode::doubleValue).toList();
            var group = LengthGroups.scores(scores, Collections.nCopies(scores.size(), 1));
            assertThat(Objects.requireNonNull(group.get("0-4k")).orElseThrow())
                    .isEqualTo(line.get("longbench_e").doubleValue());
        }
    }
}

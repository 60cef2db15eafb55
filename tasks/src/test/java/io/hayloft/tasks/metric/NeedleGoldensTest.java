package io.hayloft.tasks.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The scores of pass-key and RULER answers, to the last bit. */
class NeedleGoldensTest {
    @Test
    void passKeys() {
        var lines = GoldenLines.lines("metrics/passkey.jsonl");
        assertThat(lines).hasSize(349);
        for (var line : lines) {
            var response = line.get("response").stringValue();
            assertThat(exact(response, line.get("answer")))
                    .as("%s", line.get("id"))
                    .isEqualTo(line.get("exact_match").doubleValue());
            if (line.get("answer").isString()) {
                var key = line.get("answer").stringValue();
                assertThat(PassKey.partial(response, key))
                        .as("%s", line.get("id"))
                        .isEqualTo(line.get("partial_match").doubleValue());
                assertThat(PassKey.f1(response, key))
                        .as("%s", line.get("id"))
                        .isEqualTo(line.get("f1").doubleValue());
            }
        }
    }

    private static double exact(String response, JsonNode answer) {
        if (answer.isString()) {
            return PassKey.exact(response, answer.stringValue()) ? 1 : 0;
        }
        var lists = answer.valueStream().filter(JsonNode::isArray).toList();
        if (lists.isEmpty()) {
            return PassKey.anyExact(response, GoldenLines.texts(answer)) ? 1 : 0;
        }
        return PassKey.shareExact(
                response, lists.stream().map(GoldenLines::texts).toList());
    }

    @Test
    void gridAverages() {
        for (var grid : GoldenLines.lines("metrics/passkey_grid.jsonl")) {
            assertGrid(grid, "exact_match", line -> exact(line.get("response").stringValue(), line.get("answer")));
            assertGrid(
                    grid,
                    "partial_match",
                    line -> PassKey.partial(
                            line.get("response").stringValue(),
                            line.get("answer").stringValue()));
        }
    }

    private static void assertGrid(JsonNode grid, String field, ToDoubleFunction<JsonNode> score) {
        var runs = grid.get("results")
                .valueStream()
                .map(line -> new PassKeyGrid.Run(
                        line.get("background_len").intValue(),
                        line.get("depth").doubleValue(),
                        score.applyAsDouble(line)))
                .toList();
        var averages = PassKeyGrid.of(runs);
        for (var cell : grid.get("cells")) {
            var row = averages.cells().get(cell.get("background_len").intValue());
            assertThat(row)
                    .isNotNull()
                    .containsEntry(
                            cell.get("depth").doubleValue(), cell.get(field).doubleValue());
        }
        for (var length : grid.get("by_length")) {
            assertThat(averages.lengths().get(length.get("background_len").intValue()))
                    .isEqualTo(length.get(field).doubleValue());
        }
        assertThat(averages.overall()).isEqualTo(grid.get("overall").get(field).doubleValue());
    }

    @Test
    void gridPoints() {
        for (var line : GoldenLines.lines("metrics/passkey_grid_points.jsonl")) {
            var points = PassKeyGrid.points(
                    line.get("min").doubleValue(),
                    line.get("max").doubleValue(),
                    line.get("n").intValue(),
                    line.get("whole_numbers").booleanValue());
            assertThat(points)
                    .containsExactly(line.get("values")
                            .valueStream()
                            .mapToDouble(JsonNode::doubleValue)
                            .toArray());
        }
    }

    @Test
    void rulerAnswers() {
        for (var line : GoldenLines.lines("metrics/ruler.jsonl")) {
            assertThat(StringMatch.KVPRESS.searched(line.get("prediction").stringValue()))
                    .isEqualTo(line.get("scored_text").stringValue());
            assertThat(DatasetScore.of(new double[] {ruler(line)}))
                    .as("%s", line.get("id"))
                    .isEqualTo(line.get("score").doubleValue());
        }
    }

    @Test
    void rulerDataSets() {
        var lines = GoldenLines.lines("metrics/ruler.jsonl").stream()
                .collect(Collectors.toMap(line -> line.get("id").stringValue(), line -> line));
        for (var batch : GoldenLines.lines("metrics/ruler_batches.jsonl")) {
            var byTask = new LinkedHashMap<String, List<JsonNode>>(GoldenLines.texts(batch.get("ids")).stream()
                    .map(lines::get)
                    .collect(Collectors.groupingBy(line -> line.get("task").stringValue())));
            assertThat(byTask.keySet())
                    .containsExactlyInAnyOrderElementsOf(batch.get("scores").propertyNames());
            byTask.forEach((task, rows) -> assertThat(DatasetScore.of(
                            rows.stream().mapToDouble(NeedleGoldensTest::ruler).toArray()))
                    .as(task)
                    .isEqualTo(batch.get("scores").get(task).doubleValue()));
        }
    }

    private static double ruler(JsonNode line) {
        var answers = GoldenLines.texts(line.get("answers"));
        var prediction = line.get("prediction").stringValue();
        boolean anyWillDo = line.get("task").stringValue().startsWith("qa");
        return anyWillDo ? StringMatch.KVPRESS.any(prediction, answers) : StringMatch.KVPRESS.all(prediction, answers);
    }
}

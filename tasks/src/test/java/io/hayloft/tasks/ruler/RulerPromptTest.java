package io.hayloft.tasks.ruler;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.definition.Definitions;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against the parts into which kvpress cut the official samples. */
class RulerPromptTest {
    @ParameterizedTest
    @ValueSource(strings = {"mapping-1024.jsonl", "mapping-4096.jsonl", "worked.jsonl"})
    void samePartsAsKvpress(String file) throws IOException {
        var cuts = Files.readAllLines(Shared.path("evaluation/ruler-kvpress/" + file));
        assertThat(cuts).isNotEmpty();
        for (var line : cuts) {
            var cut = JsonMapper.shared().readTree(line);
            var sample = sample(cut);
            var task = RulerSettings.of(Definitions.named(cut.get("task").stringValue()));
            var text = sample.get("input").stringValue()
                    + sample.get("answer_prefix").stringValue();
            var parts = RulerPrompt.of(text, task.family()).orElseThrow();
            assertThat(parts.context().codePointCount(0, parts.context().length()))
                    .isEqualTo(cut.get("context_characters").intValue());
            assertThat(GoldenLines.sha256(parts.context()))
                    .isEqualTo(cut.get("context_sha256").stringValue());
            assertThat(parts.question()).isEqualTo(cut.get("question").stringValue());
            assertThat(parts.answerPrefix()).isEqualTo(cut.get("answer_prefix").stringValue());
            assertThat(task.family().tokensToGenerate())
                    .isEqualTo(cut.get("max_new_tokens").intValue());
            assertThat(GoldenLines.texts(sample.get("outputs"))).isEqualTo(GoldenLines.texts(cut.get("answer")));
        }
    }

    private static JsonNode sample(JsonNode cut) throws IOException {
        var file = cut.has("file")
                ? cut.get("file").stringValue()
                : cut.get("task").stringValue() + "/samples-1024.jsonl";
        var lines = Files.readAllLines(Shared.path("evaluation/ruler/tasks/" + file));
        return JsonMapper.shared().readTree(lines.get(cut.get("line").intValue()));
    }
}

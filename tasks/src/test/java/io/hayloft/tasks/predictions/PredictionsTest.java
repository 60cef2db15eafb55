package io.hayloft.tasks.predictions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.predictions.Predictions.Failure;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionsTest {
    @TempDir
    Path folder;

    private Predictions score(String task, String... lines) throws IOException {
        var file = folder.resolve("pred.jsonl");
        Files.writeString(file, String.join("\n", lines));
        return Predictions.of(Tasks.named(task), file);
    }

    @Test
    void longBenchRows() throws IOException {
        var scored = score(
                "qasper",
                "\uFEFF{\"pred\": \"It is in Paris, France\", \"answers\": [\"Paris\", \"x\"], \"all_classes\": null,"
                        + " \"length\": 7}\r",
                "",
                "{\"pred\": \"no\", \"answers\": []}",
                "{\"pred\": \"\u00e9\", \"answers\": [\"\u00e9\"], \"all_classes\": [], \"length\": 8}");
        assertThat(scored.failures()).isEmpty();
        assertThat(scored.rows()).isEqualTo(3);
        assertThat(scored.score()).hasValue(44.44);
    }

    @Test
    void onlyTheFirstLineOfSomeTasksCounts() throws IOException {
        var row = "{\"pred\": \"\\nCity\\nState\", \"answers\": [\"City\"], \"all_classes\": [\"City\", \"State\"]}";
        assertThat(score("trec", row).score()).hasValue(100);
    }

    @Test
    void rulerRows() throws IOException {
        var scored = score(
                "vt",
                "{\"index\": 0, \"pred\": \" ab\\u0001C\", \"outputs\": [\"AB\", \"C\", \"D\"], \"others\": {}}",
                "{\"index\": 1, \"pred\": \"abc\", \"output\": \"ABC\"}");
        assertThat(scored.score()).hasValue(83.33);
        assertThat(score("qa_2", "{\"pred\": \"abc\", \"outputs\": [\"x\", \"AB\"]}")
                        .score())
                .hasValue(100);
    }

    @Test
    void badRowsAreNamedAndTheOthersCount() throws IOException {
        var file = folder.resolve("bad.jsonl");
        var rows = List.of(
                "{\"pred\": \"Paragraph 3\", \"answers\": [\"Paragraph 3\"]}",
                "[1]",
                "{\"pred\": 7, \"answers\": []}",
                "{\"pred\": \"x\"}",
                "{broken",
                "{\"pred\": \"1\", \"answers\": [\"one\"]}",
                "{\"pred\": \"y\", \"answers\": [3]}",
                "\u00ff",
                "{\"pred\": \"4\", \"answers\": [\"Paragraph 3\"]}");
        Files.write(file, rows, StandardCharsets.ISO_8859_1);
        var scored = Predictions.of(Tasks.named("passage_retrieval_en"), file);
        assertThat(scored.rows()).isEqualTo(2);
        assertThat(scored.score()).hasValue(50);
        assertThat(scored.failures()).extracting(Failure::line).containsExactly(2, 3, 4, 5, 6, 7, 8);
        assertThat(scored.failures())
                .extracting(Failure::why)
                .anySatisfy(why -> assertThat(why).contains("JSON object"))
                .anySatisfy(why -> assertThat(why).contains("a text in field 'pred'"))
                .anySatisfy(why -> assertThat(why).contains("'answers'"))
                .anySatisfy(why -> assertThat(why).contains("broken JSON"))
                .anySatisfy(why -> assertThat(why).contains("no paragraph"))
                .anySatisfy(why -> assertThat(why).contains("UTF-8"));
        assertThat(score("trec", "{\"pred\": \"x\", \"answers\": [\"x\"], \"all_classes\": null}")
                        .score())
                .isEmpty();
        assertThat(score("vt", "{\"pred\": \"x\", \"outputs\": []}").failures()).hasSize(1);
    }

    @Test
    void noFile() {
        assertThatThrownBy(() -> Predictions.of(Tasks.named("vt"), folder.resolve("none.jsonl")))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll("none.jsonl", "no such file");
    }
}

package io.hayloft.tasks.longbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data files of users, and what belongs to single tasks. */
class LongBenchTaskTest {
    private static final String GOOD =
            "{\"input\":\"Who?\",\"context\":\"Ann did.\",\"answers\":[\"Ann\"],\"length\":3,\"_id\":\"a\"}";

    @TempDir
    Path folder;

    @Test
    void readsSamplesInFileOrder() throws IOException {
        write("qasper.jsonl", GOOD + "\n\n" + GOOD.replace("\"a\"", "null"));

        var samples = samples("qasper", folder, 0);

        assertThat(samples).extracting(Sample::id).containsExactly("a", "qasper-3");
        var first = samples.getFirst();
        assertThat(first.references()).containsExactly("Ann");
        assertThat(first.facets()).containsOnly(Map.entry("length", 3));
        assertThat(first.prompt().context()).endsWith("Article: Ann did.");
        assertThat(first.prompt().document()).isEqualTo("Ann did.");
        assertThat(first.prompt().question())
                .startsWith("\n\n Answer the question")
                .endsWith("Question: Who?\n\nAnswer:");
        assertThat(samples("qasper", folder, 1)).containsExactly(first);
    }

    @Test
    void readsOtherPlacesAndEndings() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        write("data/qasper.json", "\uFEFF" + GOOD);

        assertThat(samples("qasper", folder, 0)).hasSize(1);
    }

    @Test
    void readsAListOfObjects() throws IOException {
        var other = GOOD.replace("\"a\"", "7").replace(":3", ":\"60.0\"").replace("Ann did.", "\u00C4nn did.");
        for (var mark : List.of("", "\uFEFF")) {
            write("qasper.json", mark + " [\n " + GOOD.replace(",", ",\n") + ",\n" + other + "]\n");

            var samples = samples("qasper", folder, 0);

            assertThat(samples).extracting(Sample::id).containsExactly("a", "7");
            assertThat(samples.get(1).prompt().document()).isEqualTo("\u00C4nn did.");
            assertThat(samples.get(1).facets()).containsOnly(Map.entry("length", 60));
            assertThat(samples("qasper", folder, 1)).hasSize(1);
        }
        write("qasper.json", "[" + GOOD + ", 3]");
        assertThatThrownBy(() -> samples("qasper", folder, 0)).hasMessageContaining("line 1: expected a JSON object");
        write("qasper.json", "[" + GOOD + ",\n {\"input\": 4}]");
        assertThatThrownBy(() -> samples("qasper", folder, 0))
                .hasMessageContaining("line 2: field 'context' is missing");
        write("qasper.json", "[" + GOOD);
        assertThatThrownBy(() -> samples("qasper", folder, 0)).hasMessageContaining("ends too early");
        write("qasper.json", "[]");
        assertThatThrownBy(() -> samples("qasper", folder, 0)).hasMessageContaining("holds no samples");
    }

    /** No score uses the length, so nothing is wrong with a file that has it in another form, or not at all. */
    @ParameterizedTest
    @ValueSource(strings = {"60.0", "\"60\"", "60", "59.7"})
    void takesALengthInAnyForm(String length) throws IOException {
        write("qasper.jsonl", GOOD.replace("\"length\":3", "\"length\":" + length));
        assertThat(samples("qasper", folder, 0).getFirst().facets()).containsOnly(Map.entry("length", 60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"length\":-3", "\"length\":null", "\"length\":\"long\"", "\"other\":1"})
    void goesWithoutALength(String field) throws IOException {
        write("qasper.jsonl", GOOD.replace("\"length\":3", field));
        assertThat(samples("qasper", folder, 0).getFirst().facets()).isEmpty();
    }

    @Test
    void tellsWhereTheDataIsMissing() {
        assertThatThrownBy(() -> samples("qasper", null, 0))
                .isInstanceOf(UserError.class)
                .hasMessage("task 'qasper' reads its samples from files: name the folder that holds qasper.jsonl");
        assertThatThrownBy(() -> samples("qasper", folder.resolve("nowhere"), 0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no data folder at");
        assertThatThrownBy(() -> samples("qasper", folder, 0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("expected qasper.jsonl there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input\": | line 2: broken JSON",
                "[1] | line 2: expected a JSON object",
                "{\"context\":\"c\",\"answers\":[\"x\"],\"length\":1} | line 2: field 'input' is missing: expected a"
                        + " text",
                "{\"input\":7,\"context\":\"c\",\"answers\":[\"x\"],\"length\":1} | line 2: field 'input' is not a"
                        + " text",
                "{\"input\":\"i\",\"context\":\"c\",\"answers\":\"x\",\"length\":1} | line 2: field 'answers' is not a"
                        + " list of texts",
                "{\"input\":\"i\",\"context\":\"c\",\"answers\":[],\"length\":1} | line 2: field 'answers' is not a"
                        + " list with at least one",
                "{\"input\":\"i\",\"context\":\"c\",\"answers\":[\"x\"],\"length\":1,\"_id\":\"a\"} | line 2: a sample"
                        + " before it has the same _id 'a'"
            })
    void tellsTheLineThatIsBroken(String line, String message) throws IOException {
        write("qasper.jsonl", GOOD + "\n" + line + "\n");

        assertThatThrownBy(() -> samples("qasper", folder, 0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("qasper.jsonl")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesEmptyAndForeignFiles() throws IOException {
        write("qasper.jsonl", "\n");
        Files.write(folder.resolve("trec.jsonl"), new byte[] {'{', (byte) 0xC3, (byte) 0x28});

        assertThatThrownBy(() -> samples("qasper", folder, 0)).hasMessageContaining("holds no samples");
        assertThatThrownBy(() -> samples("trec", folder, 0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void someTasksNeedMore() throws IOException {
        write("trec.jsonl", GOOD);
        write("passage_retrieval_en.jsonl", GOOD);

        assertThatThrownBy(() -> samples("trec", folder, 0)).hasMessageContaining("field 'all_classes' is missing");
        assertThatThrownBy(() -> samples("passage_retrieval_en", folder, 0)).hasMessageContaining("'Paragraph 12'");
    }

    @Test
    void onlySamsumStopsAtANewline() {
        for (var task : Tasks.longBench()) {
            assertThat(task.stop().atNewline()).isEqualTo(task.name().equals("samsum"));
            assertThat(task.stop().minNewTokens()).isEqualTo(task.name().equals("samsum") ? 1 : 0);
        }
    }

    @Test
    void scoresTheFirstLineOfFewShotAnswersOnly() throws IOException {
        write("triviaqa.jsonl", GOOD);
        write("qasper.jsonl", GOOD);
        var output = "\nAnn\nPassage: more";

        assertThat(task("triviaqa").score(samples("triviaqa", folder, 0).getFirst(), output))
                .isEqualTo(1);
        assertThat(task("qasper").score(samples("qasper", folder, 0).getFirst(), output))
                .isEqualTo(0.5);
    }

    @Test
    void aQuestionLongerThanHalfTheLimitTakesTheWholeTail() {
        var tokens = new StandInTokens(0);
        var prompt = new Prompt("a b c d e f ", "u v w x y z", true);

        assertThat(MiddleCut.of(prompt, 10, tokens).prompt()).isEqualTo(new Prompt("a b c d e ", "v w x y z", true));
        assertThat(MiddleCut.of(prompt, 12, tokens).prompt()).isSameAs(prompt);
    }

    @Test
    void theQuestionSurvivesACut() {
        var cut = MiddleCut.of(new Prompt("a b c d e f g h i ", "x y", false), 8, new StandInTokens(1));

        assertThat(cut.prompt()).isEqualTo(new Prompt("a b c h i ", "x y", false));
        assertThat(cut.tokensBefore()).isEqualTo(12);
        assertThat(cut.cut()).isTrue();
    }

    private static List<Sample> samples(String task, @Nullable Path data, int count) {
        return task(task).samples(new SampleRequest(0, count, 0, data, 0, new StandInTokens(0)));
    }

    private static Task task(String name) {
        return Tasks.longBench().stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}

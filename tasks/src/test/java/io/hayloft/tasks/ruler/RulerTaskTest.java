package io.hayloft.tasks.ruler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.WordTokens;
import io.hayloft.tasks.registry.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RulerTaskTest {
    /** Four characters a token. */
    private static final TokenCounter QUARTERS = new TokenCounter() {
        @Override
        public int[] encode(String text) {
            return IntStream.range(0, (text.length() + 3) / 4)
                    .map(i -> text.substring(4 * i, Math.min(text.length(), 4 * i + 4))
                            .hashCode())
                    .toArray();
        }

        @Override
        public String decode(int[] ids) {
            throw new UnsupportedOperationException();
        }
    };

    /** Every run of letters, every digit, every other character. */
    private static final TokenCounter FINE = new TokenCounter() {
        @Override
        public int[] encode(String text) {
            return java.util.regex.Pattern.compile("\\p{L}+|.", java.util.regex.Pattern.DOTALL)
                    .matcher(text)
                    .results()
                    .mapToInt(match -> match.group().hashCode())
                    .toArray();
        }

        @Override
        public String decode(int[] ids) {
            throw new UnsupportedOperationException();
        }
    };

    @TempDir
    Path folder;

    static Stream<Task> tasks() {
        return Tasks.ruler().stream();
    }

    /** What the official programs wrote for our inputs, and a tokenizer that splits at white space. */
    static Stream<JsonNode> officialFiles() throws IOException {
        try (var stream = RulerTaskTest.class.getResourceAsStream("official.jsonl")) {
            var text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(JsonMapper.shared()::readTree).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("officialFiles")
    void sameLinesAsTheOfficialPrograms(JsonNode file) {
        var name = file.get("task").stringValue();
        var samples =
                official(name, file.get("length").intValue(), file.get("seed").longValue(), new StandInTokens(0));
        int count = file.get("sha256").size();
        assertThat(count).isEqualTo(3);
        for (int i = 0; i < count; i++) {
            var sample = samples.get(i);
            assertThat(sample.index()).isEqualTo(file.get("index").get(i).intValue());
            assertThat(sample.length()).isEqualTo(file.get("tokens").get(i).intValue());
            assertThat(GoldenLines.sha256(sample.toLine()))
                    .isEqualTo(file.get("sha256").get(i).stringValue());
        }
    }

    private static RulerTask.OfficialForm official(String name, int length, long seed, TokenCounter tokens) {
        return ((RulerTask) Tasks.named(name)).official(new RulerRequest(length, seed, RulerInputs.builtIn(), tokens));
    }

    private static List<Sample> samples(Task task, int length, int count, TokenCounter tokens) {
        return task.samples(new SampleRequest(length, count, 5, null, 0, tokens));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void anOracleIsRightAndAShuffledOneWrong(Task task) {
        var samples = samples(task, 2048, 6, new StandInTokens(0));
        double right = 0;
        double wrong = 0;
        for (int i = 0; i < samples.size(); i++) {
            right += task.score(samples.get(i), answer(samples.get(i)));
            wrong += task.score(samples.get(i), answer(samples.get((i + 1) % samples.size())));
        }
        assertThat(right / samples.size()).isEqualTo(1);
        assertThat(wrong / samples.size()).isLessThan(0.2);
    }

    private static String answer(Sample sample) {
        return " " + String.join(", ", sample.references()) + ".";
    }

    /** The answer is in the text that a method may compress, and not in the question. */
    @ParameterizedTest
    @MethodSource("tasks")
    void promptsComeInParts(Task task) {
        for (var sample : samples(task, 2048, 3, new StandInTokens(0))) {
            var prompt = sample.prompt();
            assertThat(prompt.instruction()).isNotEmpty();
            assertThat(prompt.question()).isNotBlank();
            assertThat(prompt.chat()).isFalse();
            assertThat(sample.references()).isNotEmpty().allSatisfy(reference -> {
                assertThat(prompt.document()).contains(reference);
                assertThat(prompt.question()).doesNotContain(reference);
            });
        }
    }

    /** A sample that turns out too long is drawn again much shorter, so only the longest of a few is near the limit. */
    @ParameterizedTest
    @MethodSource("tasks")
    void lengthsKeepTheLimitInThreeTokenizers(Task task) {
        for (var tokens : List.of(new StandInTokens(0), QUARTERS, FINE)) {
            var drawn = official(task.name(), 4096, 3, tokens);
            int longest =
                    IntStream.range(0, 4).map(i -> drawn.get(i).length()).max().orElseThrow();
            // coded words are fitted in steps of a thirty-second of the length
            int least = 4096 * 98 / 100 - (task.name().equals("fwe") ? 4096 / 32 : 0);
            assertThat(longest).isBetween(least, 4096);
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theOrderOfAskingChangesNothing(Task task) {
        var straight = official(task.name(), 2048, 8, new StandInTokens(0));
        var lines =
                IntStream.range(0, 5).mapToObj(i -> straight.get(i).toLine()).toList();
        var other = official(task.name(), 2048, 8, new StandInTokens(0));
        for (int i : new int[] {3, 0, 4, 4, 1, 2, 3}) {
            assertThat(other.get(i).toLine()).isEqualTo(lines.get(i));
        }
    }

    @Test
    void saysWhyWhereTheOfficialProgramHangsOrFails() {
        assertThatThrownBy(() ->
                        official("niah_single_2", 300, 42, new StandInTokens(0)).get(0))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll("niah_single_2 at 300 tokens", "try for ever", "ask for longer prompts");
        assertThatThrownBy(
                        () -> official("qa_1", 2048, 42, new StandInTokens(0)).get(1280))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll("only 1280 questions", "ask for fewer samples");
        assertThatThrownBy(() -> official("qa_2", 240, 42, new StandInTokens(0)).get(0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("try for ever");
        assertThatThrownBy(() -> official("fwe", 99, 42, new StandInTokens(0)).get(0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no coded word");
        assertThatThrownBy(() -> official("fwe", 101, 42, new StandInTokens(0)).get(0))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the question alone");
        assertThatThrownBy(() -> official("vt", 4096, -1, new StandInTokens(0)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("seeds from 0");
    }

    @Test
    void theWordingOfOneAnswerReachesTheModelTemplate() {
        var task = (RulerTask) Tasks.named("niah_single_1");
        var template = "You are asked: {task_template} Some say:";
        var sample = task.official(new RulerRequest(512, 42, RulerInputs.builtIn(), template, new StandInTokens(0)))
                .get(0);
        assertThat(sample.input())
                .startsWith("You is asked: A special magic number is hidden")
                .endsWith("A say:");
        assertThat(sample.answerPrefix()).startsWith(" The special magic number for ");
    }

    @Test
    void inputsOfAFolder() throws IOException {
        var task = Tasks.named("niah_single_2");
        Files.writeString(folder.resolve("haystack.txt"), " One fish.  Two birds?\nThree mice! ".repeat(100));
        var request = new SampleRequest(1024, 1, 5, folder, 0, new StandInTokens(0));
        assertThatThrownBy(() -> task.samples(request))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no adjectivelist.txt in");
        Files.writeString(folder.resolve("adjectivelist.txt"), "odd \r\neven\n");
        Files.writeString(folder.resolve("nounlist.txt"), "stone\n");
        assertThat(task.samples(request).getFirst().prompt().text())
                .contains("One fish. Two birds? Three mice!")
                .containsPattern("numbers for (odd|even)-stone is: [0-9]{7}\\.");
    }

    @Test
    void samplesFromFiles() throws IOException {
        var line = "{\"index\": 0, \"input\": \"VAR A = 5. VAR B = A. Which hold 5? Answer:\", \"outputs\": [\"A\","
                + " \"B\"], \"length\": 40}\n";
        Files.writeString(folder.resolve("vt_8192.jsonl"), line);
        Files.writeString(folder.resolve("vt_4096.jsonl"), line + "\n" + line);
        Files.createDirectory(folder.resolve("cwe"));
        Files.writeString(
                folder.resolve("cwe/validation.jsonl"),
                official("cwe", 1024, 1, new StandInTokens(0)).get(0).toLine() + "\n");
        var vt = Tasks.named("vt");
        assertThat(vt.ownLengths(folder)).isTrue();
        assertThat(Tasks.named("fwe").ownLengths(folder)).isFalse();
        var read = vt.samples(new SampleRequest(0, 0, 1, folder, 0, new StandInTokens(0)));
        assertThat(read).extracting(Sample::id).containsExactly("vt_4096-1", "vt_4096-3", "vt_8192-1");
        assertThat(read.getFirst().prompt().text()).isEqualTo("VAR A = 5. VAR B = A. Which hold 5? Answer:");
        assertThat(vt.score(read.getFirst(), " b")).isEqualTo(0.5);
        var cwe = Tasks.named("cwe").samples(new SampleRequest(0, 0, 1, folder, 0, new StandInTokens(0)));
        assertThat(cwe.getFirst().prompt().question())
                .startsWith("Question: What are the 10")
                .endsWith("list are:");

        Files.writeString(folder.resolve("vt_8192.jsonl"), line + "{\"input\": \"x\", \"outputs\": []}\n");
        assertThatThrownBy(() -> vt.samples(new SampleRequest(0, 0, 1, folder, 0, new StandInTokens(0))))
                .isInstanceOf(UserError.class)
                .hasMessageContainingAll("vt_8192.jsonl, line 2", "outputs");
    }

    @Test
    void doesNotSuitATokenizerWithoutTheWords() {
        assertThat(Tasks.named("vt").suitedTo(new WordTokens(Map.of("a", 0, "b", 1, "c", 2, "?", WordTokens.UNKNOWN))))
                .isFalse();
        assertThat(Tasks.parse("ruler")).isEqualTo(Tasks.ruler()).hasSize(13);
    }

    @Test
    void sentencesEndBeforeWhiteSpace() {
        assertThat(new ArrayList<>(Sentences.of(" One. Two?!  Three 3.5 four.\u00A0\"Five.\" Six. ")))
                .containsExactly("One.", "Two?!", "Three 3.5 four.", "\"Five.\" Six.");
        assertThat(Sentences.of("")).containsExactly("");
    }
}

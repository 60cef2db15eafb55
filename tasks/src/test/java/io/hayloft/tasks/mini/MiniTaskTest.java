package io.hayloft.tasks.mini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.WordTokens;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.testing.Goldens;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What the embedded model relies on: known words only, the right lengths, answers that the text holds. */
class MiniTaskTest {
    private static final TokenCounter ANY_WORDS = new WordTokens(Map.of());

    /** One token a letter, and it cannot turn them back. */
    private static final TokenCounter LETTERS = new TokenCounter() {
        @Override
        public int[] encode(String text) {
            return text.chars().filter(c -> c != ' ').toArray();
        }

        @Override
        public String decode(int[] ids) {
            return Arrays.toString(ids);
        }
    };

    static List<Task> tasks() {
        return Tasks.miniSuite();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theEmbeddedModelKnowsEveryWord(Task task) {
        var tokens = embedded();
        for (int length : new int[] {64, 128, 500, 2048}) {
            for (var sample : task.samples(new SampleRequest(length, 20, 5, null, 0, tokens))) {
                assertReadsBack(tokens, sample.prompt().context());
                assertReadsBack(tokens, sample.prompt().question());
                assertReadsBack(tokens, sample.references().getFirst());
            }
        }
        assertThat(task.suitedTo(tokens)).isTrue();
    }

    /** The words between spaces are the tokens, one for one, and none is unknown. */
    private static void assertReadsBack(TokenCounter tokens, String text) {
        var ids = tokens.encode(text);
        assertThat(ids).doesNotContain(WordTokens.UNKNOWN);
        assertThat(tokens.decode(ids)).isEqualTo(text.strip());
        assertThat(ids).hasSize(text.isBlank() ? 0 : text.strip().split(" ", -1).length);
    }

    private static TokenCounter embedded() {
        var json = JsonMapper.shared()
                .readTree(Goldens.tinyModel().resolve("tokenizer.json").toFile());
        var vocabulary = new LinkedHashMap<String, Integer>();
        json.get("model").get("vocab").forEachEntry((word, id) -> vocabulary.put(word, id.intValue()));
        assertThat(vocabulary).hasSize(982).containsEntry("<unk>", WordTokens.UNKNOWN);
        return new WordTokens(vocabulary);
    }

    @Test
    void everyListedWordIsKnown() {
        var tokens = embedded();
        for (var section : List.of(
                "noun",
                "adjective",
                "verb",
                "adverb",
                "preposition",
                "first-name",
                "last-name",
                "place",
                "place-kind",
                "company",
                "company-kind",
                "attribute",
                "nonce",
                "digit")) {
            assertReadsBack(tokens, String.join(" ", Vocabulary.INSTANCE.words(section)));
        }
        assertThat(Vocabulary.INSTANCE.nounClasses()).hasSize(12).allMatch(words -> words.size() == 14);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void promptsFillTheLengthAndNeverExceedIt(Task task) {
        for (int length : new int[] {256, 1024, 4096, 8192}) {
            for (var sample : samples(task, length, 6, 1)) {
                int tokens = 1 + ANY_WORDS.count(sample.prompt().text());
                assertThat(tokens).as(sample.id()).isBetween(length - 40 - length / 64, length);
                assertThat(sample.facets()).containsEntry("length", length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void otherTokenizersGetFewerWords(Task task) {
        for (var sample : task.samples(new SampleRequest(3000, 4, 1, null, 0, LETTERS))) {
            assertThat(LETTERS.count(sample.prompt().text())).isBetween(2500, 2999);
            assertThat(sample.maxNewTokens())
                    .isEqualTo(LETTERS.count(sample.references().getFirst()));
        }
        assertThat(task.suitedTo(LETTERS)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theSeedDecidesEverything(Task task) {
        var ten = samples(task, 300, 10, 7);

        assertThat(samples(task, 300, 10, 7)).isEqualTo(ten);
        assertThat(samples(task, 300, 4, 7)).isEqualTo(ten.subList(0, 4));
        assertThat(samples(task, 300, 10, 8)).doesNotContainAnyElementsOf(ten);
        assertThat(ten).extracting(Sample::id).doesNotHaveDuplicates();
        assertThat(ten.stream().map(sample -> sample.prompt().text()).distinct())
                .hasSize(10);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void scoresTheFirstWordsOfAnAnswer(Task task) {
        for (var sample : samples(task, 200, 20, 3)) {
            var answer = sample.references().getFirst();
            assertThat(task.score(sample, answer)).isEqualTo(1, within(1e-8));
            assertThat(task.score(sample, " " + answer + " Recall : 7 7")).isEqualTo(1, within(1e-8));
            assertThat(task.score(sample, answer.replace(" .", ".").replaceAll("(\\d) (?=\\d)", "$1")))
                    .isEqualTo(1, within(1e-8));
            assertThat(task.score(sample, "otter otter")).isLessThan(0.5);
            assertThat(task.score(sample, "")).isZero();
            assertThat(sample.maxNewTokens()).isEqualTo(answer.split(" ", -1).length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini-single-doc-qa", "mini-needle", "mini-retrieval"})
    void theAnswerFollowsTheQuestionInTheContext(String name) {
        for (int length : new int[] {64, 600, 5000}) {
            for (var sample : samples(task(name), length, 20, 11)) {
                var asked = sample.prompt().question().replace(" Recall : ", "");
                var fact = asked + " " + sample.references().getFirst();
                assertThat(sample.prompt().context()).contains(fact);
                assertDepth(sample, fact);
            }
        }
    }

    private static void assertDepth(Sample sample, String fact) {
        var context = List.of(sample.prompt().context().split(" ", -1));
        double place = (double) Collections.indexOfSubList(context, List.of(fact.split(" ", -1))) / context.size();
        assertThat(sample.facets().get("depth"))
                .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
                .isEqualTo(place, within(0.0501));
    }

    @Test
    void multiDocumentAnswersChainTwoFacts() {
        for (var sample : samples(task("mini-multi-doc-qa"), 1500, 20, 2)) {
            var answer = sample.references().getFirst();
            var company = answer.substring(0, answer.indexOf(" , located in"));
            var context = sample.prompt().context();
            assertThat(context)
                    .contains(sample.prompt().question().replace(" Recall : ", "") + " " + company + " .")
                    .contains(answer.replace(" , located", " is located"));
            assertThat(count(context, "works for")).isEqualTo(3 + 1500 / 512);
            assertThat(count(context, "Document")).isEqualTo(9);
        }
    }

    @Test
    void summariesRepeatTheKeyPointsInOrder() {
        for (var sample : samples(task("mini-summarisation"), 700, 20, 2)) {
            var summary = "Key point 1 : " + sample.references().getFirst();
            var points = summary.split("(?<=\\.) ", -1);
            assertThat(points).hasSize(3);
            int from = 0;
            for (var point : points) {
                from = sample.prompt().context().indexOf(point, from);
                assertThat(from).isNotNegative();
            }
        }
    }

    @Test
    void fewShotLabelsWereShownButNotTheWord() {
        for (int length : new int[] {64, 300, 2000}) {
            for (var sample : samples(task("mini-few-shot"), length, 40, 2)) {
                assertThat(sample.prompt().context())
                        .contains("Label : " + sample.references().getFirst())
                        .doesNotContain(sample.prompt().question());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"256, 5", "1024, 8", "8192, 24"})
    void longerTextsHaveMoreFacts(int length, int facts) {
        for (var sample : samples(task("mini-single-doc-qa"), length, 5, 2)) {
            var asFact =
                    "The (gift|prize|hobby|dream|fear|pet|dish|costume|task|duty|tool|memory|story|motto|token|symbol)"
                            + " of \\w+ \\w+ is";
            assertThat(Pattern.compile(asFact)
                            .matcher(sample.prompt().context())
                            .results())
                    .hasSize(facts);
        }
        for (var sample : samples(task("mini-needle"), length, 5, 2)) {
            assertThat(count(sample.prompt().context(), "The pass key of the")).isEqualTo(2);
        }
    }

    @Test
    void refusesLengthsThatCannotBe() {
        assertThatThrownBy(() -> samples(task("mini-code"), 63, 1, 1))
                .isInstanceOf(UserError.class)
                .hasMessage("mini-code: 63 tokens are too few: ask for 64 or more");
        assertThatThrownBy(() -> task("mini-code").samples(new SampleRequest(4096, 1, 1, null, 2048, ANY_WORDS)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("above the limit of 2048");
        assertThatThrownBy(() -> task("mini-code").samples(new SampleRequest(64, 1, 1, null, 0, LETTERS)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("64 tokens are too few with the tokenizer of this model");
    }

    /** Pins the very text: a change here makes old scores incomparable and needs a new task version. */
    @Test
    void theTextOfVersion1() {
        var all = new StringBuilder();
        for (var task : tasks()) {
            assertThat(task.version()).isEqualTo("1");
            samples(task, 512, 3, 42)
                    .forEach(sample -> all.append(sample.prompt().text()).append(sample.references()));
        }
        assertThat(GoldenLines.sha256(all.toString()))
                .isEqualTo("4762e80f9d85ea2a57438c55ea4fb3eb1ecced223044b2cb5e56e2030ec289af");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private static Task task(String name) {
        return tasks().stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Sample> samples(Task task, int length, int count, long seed) {
        return task.samples(new SampleRequest(length, count, seed, null, 0, ANY_WORDS));
    }
}

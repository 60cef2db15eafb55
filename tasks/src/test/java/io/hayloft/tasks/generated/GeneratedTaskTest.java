package io.hayloft.tasks.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.registry.Tasks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What all tasks with generated texts have in common. */
class GeneratedTaskTest {
    /** Words and every other character. */
    private static final TokenCounter FINE = new TokenCounter() {
        private static final Pattern TOKEN = Pattern.compile(" ?\\p{L}+|.", Pattern.DOTALL);

        @Override
        public int[] encode(String text) {
            return TOKEN.matcher(text)
                    .results()
                    .mapToInt(match -> match.group().hashCode())
                    .toArray();
        }

        @Override
        public String decode(int[] ids) {
            throw new UnsupportedOperationException();
        }
    };

    static Stream<Task> tasks() {
        return Stream.of(Tasks.parse("long-outputs"), Tasks.parse("generated"), Tasks.parse("instructions"))
                .flatMap(List::stream);
    }

    static List<Sample> samples(String task, int length, int count) {
        return samples(Tasks.named(task), length, count, FINE);
    }

    private static List<Sample> samples(Task task, int length, int count, TokenCounter tokens) {
        return task.samples(new SampleRequest(length, count, 5, null, 0, tokens));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void anOracleIsRightAndAShuffledOneWrong(Task task) {
        var samples = samples(task, 1500, 40, FINE);
        double right = 0;
        double wrong = 0;
        for (int i = 0; i < samples.size(); i++) {
            right += task.score(samples.get(i), answer(samples.get(i)));
            wrong += task.score(samples.get(i), answer(samples.get((i + 1) % samples.size())));
            assertThat(task.score(samples.get(i), "")).isZero();
        }
        assertThat(right / samples.size()).isEqualTo(1);
        assertThat(wrong / samples.size()).isLessThan(0.1);
    }

    /** As a model would write it. */
    static String answer(Sample sample) {
        var answers = sample.references();
        return sample.task().equals("instructions")
                ? "\n" + answers.get(0) + " I am " + answers.get(1) + ". It is in the " + answers.get(2) + ".\n"
                : "\n" + String.join("\n", answers) + "\n";
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void lengthsAreWithinTwoPercent(Task task) {
        for (var tokens : List.of(new StandInTokens(0), FINE)) {
            for (int length : new int[] {1500, 6000}) {
                for (var sample : samples(task, length, 2, tokens)) {
                    assertThat(1 + tokens.count(sample.prompt().text()))
                            .as(sample.id())
                            .isBetween(length * 98 / 100, length);
                    assertThat(sample.facets()).containsEntry("length", length);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theSeedDecidesEverything(Task task) {
        var ten = samples(task, 1500, 10, FINE);
        assertThat(samples(task, 1500, 4, FINE)).isEqualTo(ten.subList(0, 4));
        var other = task.samples(new SampleRequest(1500, 10, 6, null, 0, FINE));
        assertThat(other).doesNotContainAnyElementsOf(ten);
        assertThat(ten).extracting(Sample::id).doesNotHaveDuplicates();
        assertThat(ten.stream().map(sample -> sample.prompt().text()).distinct())
                .hasSize(10);
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void promptsComeInParts(Task task) {
        var request = new SampleRequest(1500, 6, 5, null, 0, FINE);
        int longest = task.longestAnswer(request);
        for (var sample : task.samples(request)) {
            var prompt = sample.prompt();
            assertThat(prompt.instruction()).endsWith("\n\n").doesNotContain("{}");
            assertThat(prompt.document()).isEqualTo(prompt.document().strip()).doesNotContain("{}");
            assertThat(prompt.question()).startsWith("\n\n").doesNotContain("{}", "\n\n\n");
            assertThat(prompt.text()).doesNotContain("\n\n\n");
            assertThat(sample.references()).isNotEmpty().doesNotHaveDuplicates();
            assertThat(sample.maxNewTokens())
                    .isBetween(FINE.count(answer(sample).strip()), longest);
        }
    }

    /** Pins the very text: a change here makes old scores incomparable and needs a new version of the task. */
    @ParameterizedTest
    @CsvSource({
        "recite, 1, dddd7b6db40c90c4",
        "table, 1, a249c06560c6bdbb",
        "continue-list, 1, 08615449fef6740b",
        "running-sums, 1, 369798f06612d1e1",
        "tree-walk, 1, e90a4cfcebd2f6b8",
        "key-values, 1, a1beeabe6edda30d",
        "prefix-suffix, 1, 7e94cac97d9420d8",
        "multi-hop, 1, 95a2de2fca1f0929",
        "counting, 1, 739e0c4e2398ccd5",
        "flipped-labels, 1, 101c1b7f1b023642",
        "nth-request, 1, e359c6e7987e5bb2",
        "other-words, 1, e7a2ef286246a4d7",
        "instructions, 2, 651b7116029e18d4",
    })
    void theTextOfAVersion(String name, String version, String hash) {
        var all = new StringBuilder();
        assertThat(Tasks.named(name).version()).isEqualTo(version);
        for (var sample : samples(name, 1500, 3)) {
            all.append(sample.prompt().text()).append(sample.references());
        }
        assertThat(GoldenLines.sha256(all.toString())).as(name).startsWith(hash);
    }

    @Test
    void refusesLengthsThatCannotBe() {
        assertThatThrownBy(() -> samples("recite", 100, 1))
                .isInstanceOf(UserError.class)
                .hasMessage("recite: 100 tokens are too few: ask for 320 or more");
        assertThatThrownBy(() -> Tasks.named("table").samples(new SampleRequest(4096, 1, 1, null, 2048, FINE)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("above the limit of 2048");
        var letters = new TokenCounter() {
            @Override
            public int[] encode(String text) {
                return text.chars().toArray();
            }

            @Override
            public String decode(int[] ids) {
                throw new UnsupportedOperationException();
            }
        };
        assertThatThrownBy(() -> samples(Tasks.named("recite"), 500, 1, letters))
                .isInstanceOf(UserError.class)
                .hasMessageMatching(
                        "recite: 500 tokens are too few with the tokenizer of this model: ask for \\d+ or more");
    }

    @Test
    void eachTaskHasItsOwnPartsOfTheScore() {
        var parts = new LinkedHashMap<String, Object>();
        tasks().forEach(task -> {
            var metric = Metric.valueOf(task.metric().replace("/1", "").toUpperCase(Locale.ROOT));
            var sample = samples(task, 1500, 3, FINE).get(2);
            parts.put(
                    task.name(),
                    metric.parts(answer(sample), sample.references()).keySet().stream()
                            .toList());
        });
        var places = List.of("part 1 of 4", "part 2 of 4", "part 3 of 4", "part 4 of 4");
        assertThat(parts)
                .containsEntry("recite", places)
                .containsEntry("nth-request", List.of("part 1 of 3", "part 2 of 3", "part 3 of 3"))
                .containsEntry("key-values", List.of())
                .containsEntry("instructions", List.of("format", "persona", "answer", "secret", "leaked"));
        assertThat(String.valueOf(parts.get("tree-walk"))).contains("depth 1, depth 2, depth 3");
    }
}

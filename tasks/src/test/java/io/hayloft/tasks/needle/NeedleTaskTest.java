package io.hayloft.tasks.needle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.tasks.GoldenLines;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.StandInTokens;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.WordTokens;
import io.hayloft.tasks.definition.Definitions;
import io.hayloft.tasks.registry.Tasks;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeedleTaskTest {
    private static final KeyTask NEEDLE = (KeyTask) Tasks.needle();

    /** One token for every three characters or so. */
    private static final TokenCounter CRUMBS = new TokenCounter() {
        @Override
        public int[] encode(String text) {
            return new int[(text.length() + 2) / 3];
        }

        @Override
        public String decode(int[] ids) {
            return "";
        }
    };

    @ParameterizedTest
    @ValueSource(ints = {120, 500, 2000, 20000})
    void promptsFillTheLengthAndNeverExceedIt(int length) {
        for (var tokens : List.of(new StandInTokens(1), CRUMBS)) {
            for (var sample : samples(NEEDLE, length, 10, tokens)) {
                assertThat(1 + tokens.count(sample.prompt().text())).isBetween(length - 100, length);
            }
        }
    }

    @Test
    void theKeyStandsAtItsDepth() {
        for (var sample : samples(NEEDLE, 3000, 10, CRUMBS)) {
            var key = sample.references().getFirst();
            var text = sample.prompt().text();
            var needle = "The pass key is " + key + ". Remember it. " + key + " is the pass key.";
            assertThat(text).containsOnlyOnce(needle).endsWith("\n\nWhat is the pass key? The pass key is ");
            double place = (double) text.indexOf(needle) / text.length();
            assertThat(sample.facets().get("depth"))
                    .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
                    .isEqualTo(place, within(0.05));
            assertThat(sample.prompt().chat()).isFalse();
        }
    }

    @Test
    void samplesMakeAGrid() {
        var samples = samples(NEEDLE, 1000, 10, CRUMBS);

        assertThat(samples.stream().map(sample -> sample.facets().get("depth")))
                .startsWith(0.5, 0.0, 1.0, 0.25, 0.75, 0.5);
        assertThat(samples.stream().map(sample -> sample.facets().get("repeat")))
                .containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
        assertThat(samples).extracting(Sample::references).doesNotHaveDuplicates();
        assertThat(samples(NEEDLE, 1000, 0, CRUMBS)).isEqualTo(samples.subList(0, 5));
    }

    private static NeedleTask needle(String parameters) {
        return new NeedleTask(Definitions.ofText(
                "mine.yaml",
                "{name: mine, version: 1, about: a needle, category: needle, metric: passkey_exact, parameters: {"
                        + parameters + "}}",
                null));
    }

    @Test
    void otherDepthsAndDigits() {
        var task = needle("digits: 64, depths: [0.1]");
        var sample = samples(task, 1000, 1, CRUMBS).getFirst();

        assertThat(task.name()).isEqualTo("mine");
        assertThat(sample.references().getFirst()).matches("\\d{64}");
        assertThat(sample.facets()).containsEntry("depth", 0.1);
        assertThat(sample.maxNewTokens()).isEqualTo(22 + 9);
        assertThatThrownBy(() -> needle("depths: [1.5]")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> NEEDLE.withDigits(0)).isInstanceOf(UserError.class);
    }

    @Test
    void scoresTheKeyAnywhereInTheAnswer() {
        var sample = samples(NEEDLE, 500, 1, CRUMBS).getFirst();
        var key = sample.references().getFirst();

        assertThat(NEEDLE.score(sample, key + ". Remember")).isEqualTo(1);
        assertThat(NEEDLE.score(sample, "It is " + key)).isEqualTo(1);
        assertThat(NEEDLE.score(sample, key.substring(0, 6))).isZero();
    }

    @Test
    void refusesLengthsThatCannotBe() {
        assertThatThrownBy(() -> samples(NEEDLE, 50, 1, CRUMBS))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("50 tokens are too few");
        assertThatThrownBy(() -> NEEDLE.samples(new SampleRequest(4096, 1, 0, null, 2048, CRUMBS)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("above the limit of 2048");
    }

    @Test
    void tellsWhichTokenizersCannotWriteProse() {
        assertThat(NEEDLE.suitedTo(new StandInTokens(0))).isTrue();
        assertThat(NEEDLE.suitedTo(new WordTokens(Map.of("a", 0, "b", 1, "c", 2, "<unk>", 3))))
                .isFalse();
    }

    @Test
    void theHaystackIsLongAndHasNoDigits() {
        var text = Haystack.INSTANCE.text();
        assertThat(PaperPrompt.words(text)).hasSizeGreaterThan(4500);
        assertThat(text).doesNotContainPattern("\\d").doesNotContainIgnoringCase("pass key");
        assertThat(Haystack.INSTANCE.sentences(0, Haystack.INSTANCE.size()).strip())
                .isEqualTo(text.strip());
        assertThat(Haystack.INSTANCE.sentence(Haystack.INSTANCE.size()))
                .isEqualTo(Haystack.INSTANCE.sentence(0))
                .startsWith("The ferry");
    }

    /** Pins the very text: a change here makes old scores incomparable and needs a new task version. */
    @Test
    void theTextOfVersion2() {
        var all = new StringBuilder();
        samples(NEEDLE, 2000, 5, new StandInTokens(1))
                .forEach(sample -> all.append(sample.prompt().text()));
        assertThat(NEEDLE.version()).isEqualTo("2");
        assertThat(GoldenLines.sha256(all.toString()))
                .isEqualTo("fc181a09957eee7ee2f1ed576fc6ccd51ec89c68a6f875d117e6cfa703ed6e20");
    }

    private static List<Sample> samples(Task task, int length, int count, TokenCounter tokens) {
        return task.samples(new SampleRequest(length, count, 1, null, 0, tokens));
    }
}

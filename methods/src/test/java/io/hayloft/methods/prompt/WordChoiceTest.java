package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.methods.prompt.KeepModel.ScoredWord;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordChoiceTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "100, 4", "50, 2.5", "25, 1.75", "33, 1.99", "-5, 1", "120, 4"})
    void percentilesInterpolate(double percent, double expected) {
        assertThat(WordChoice.percentile(new double[] {4, 2, 1, 3}, percent))
                .isBetween(expected - 1e-12, expected + 1e-12);
    }

    /** Each word counts as often as it has tokens. */
    @Test
    void wordsWeighWhatTheyCost() {
        var words = words("a", .1, "b", .2, "long", .3, "c", .4);
        assertThat(kept(words, word -> 1, 50)).containsExactly("long", "c");
        assertThat(kept(words, word -> word.length() * word.length(), 50)).containsExactly("c");
    }

    @Test
    void equalWordsAllGo() {
        assertThat(kept(words("a", .5, "b", .5), word -> 1, 50)).isEmpty();
        assertThat(kept(words("a", 1, "b", 1, "c", .9), word -> 1, 100)).containsExactly("a", "b");
    }

    @Test
    void forcedTokensAreNotRepeated() {
        var words = words(",", 1, "a", .1, ",", 1, "b", .9, ",", 1, ",", 1, "c", .95);
        assertThat(kept(words, word -> 1, 35)).containsExactly(",", "b", ",", "c");
    }

    @Test
    void noWordsAreNoTrouble() {
        assertThat(kept(List.of(), word -> 1, 50)).isEmpty();
    }

    private static List<String> kept(List<ScoredWord> words, ToIntFunction<String> tokens, double percent) {
        var options = new KeepOptions(List.of(",", "."), Set.of(), true, false, false);
        return WordChoice.kept(words, new WordChoice(options, tokens).choose(words, 10, percent));
    }

    private static List<ScoredWord> words(Object... pairs) {
        return IntStream.range(0, pairs.length / 2)
                .mapToObj(i -> new ScoredWord((String) pairs[2 * i], ((Number) pairs[2 * i + 1]).doubleValue()))
                .toList();
    }
}

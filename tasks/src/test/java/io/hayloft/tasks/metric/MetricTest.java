package io.hayloft.tasks.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small cases whose scores can be worked out by hand. */
class MetricTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "QA_F1 | It is in Paris, France | Paris | 0.3333333333333333",
                "QA_F1 | the the cat | cat the sat | 0.6666666666666666",
                "QA_F1 | The Cat! | cat | 1",
                "QA_F1 | dog | cat | 0",
                "ROUGE_L | the cat sat on the mat | the cat was on the mat | 0.799999995",
                "ROUGE_L | a b c d. e f | a c e. b d f | 0.999999995",
                "ROUGE_L | Hello, world | hello world | 0.499999995",
                "ROUGE_L | ... | a | 0",
                "CODE_SIMILARITY | return x + 1 | return x+1 | 0.91",
                "CODE_SIMILARITY | '' | '' | 1",
                "CODE_SIMILARITY | '' | x | 0",
                "RETRIEVAL | 12 or 13 | Paragraph 12 | 0.5",
                "COUNT | There are 7 of 9 | 7 | 0.5",
                "COUNT | none | 7 | 0",
                "EXACT_WORDS | amber  kettle. | amber kettle . | 1",
                "EXACT_WORDS | 12 | 1 2 | 1",
                "EXACT_WORDS | amber kettle | amber kettle . | 0",
                "PASS_KEY | It is 1234567. | 1234567 | 1",
                "PASS_KEY | 123 4567 | 1234567 | 0"
            })
    void scores(Metric metric, String output, String reference, double expected) {
        assertThat(metric.score(output, reference, List.of())).isEqualTo(expected, within(1e-15));
    }

    @Test
    void classesThatAreAPartOfTheTrueOneDoNotCount() {
        var classes = List.of("City", "Other location", "Other");

        assertThat(Classification.score("City or Other location", "City", classes))
                .isEqualTo(1.0 / 3);
        assertThat(Classification.score("Other location", "Other location", classes))
                .isEqualTo(1);
        assertThat(Classification.score("City", "Other location", classes)).isZero();
    }

    @Test
    void theBestReferenceCounts() {
        assertThat(Metric.QA_F1.best("Paris", List.of("London", "Paris France"), List.of()))
                .isEqualTo(2.0 / 3, within(1e-15));
        assertThat(Metric.QA_F1.best("Paris", List.of(), List.of())).isZero();
    }

    @Test
    void dataSetScoresRoundTheExactValue() {
        assertThat(DatasetScore.of(new double[] {1, 0, 0})).isEqualTo(33.33);
        assertThat(DatasetScore.round(2.675)).isEqualTo(2.67); // 2.675 is a little less in binary
        assertThat(DatasetScore.round(0.125)).isEqualTo(0.12);
        assertThatThrownBy(() -> DatasetScore.of(new double[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lengthGroupsSplitAtFourAndEightThousandWords() {
        var scores = LengthGroups.scores(List.of(1.0, 0.0, 0.5), List.of(3999, 4000, 7999));

        assertThat(scores)
                .containsEntry("0-4k", OptionalDouble.of(100))
                .containsEntry("4-8k", OptionalDouble.of(25))
                .containsEntry("8k+", OptionalDouble.empty());
    }

    @Test
    void rulerSharesTheReferencesThatOccur() {
        assertThat(StringMatch.KVPRESS.all("The values are 12\nand AB.", List.of("12", "ab", "34", "5")))
                .isEqualTo(0.5);
        assertThat(StringMatch.KVPRESS.all("1\n2", List.of("12"))).isEqualTo(1);
        assertThat(StringMatch.KVPRESS.any("ab", List.of("x", "AB"))).isEqualTo(1);
        assertThat(StringMatch.KVPRESS.any("ab", List.of("x"))).isZero();
    }

    @Test
    void passKeysFoundInPart() {
        assertThat(PassKey.partial("..3456.", "1234567")).isEqualTo(4.0 / 7);
        assertThat(PassKey.anyExact("34", List.of("12", "34"))).isTrue();
        assertThat(PassKey.shareExact("34", List.of(List.of("12"), List.of("34"))))
                .isEqualTo(0.5);
    }
}

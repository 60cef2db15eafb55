package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.methods.CompressedPrompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TruncationTest {
    private static final String TEXT = "one two three four five six seven eight nine ten";
    private final Truncation truncation =
            new Truncation(text -> text.isBlank() ? 0 : text.strip().split(" ").length);

    @Test
    void theMiddleIsCutOut() {
        assertThat(truncation.compress(TEXT, 0.5).text()).isEqualTo("one two three nine ten");
        assertThat(truncation.compress(TEXT, 0.4).text()).isEqualTo("one two nine ten");
        assertThat(truncation.compress(TEXT, 0.2).words())
                .extracting(CompressedPrompt.Word::kept)
                .containsExactly(true, false, false, false, false, false, false, false, false, true);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.33, 0.5, 0.9})
    void theBudgetIsUsedUpAndKept(double rate) {
        var cut = truncation.compress(TEXT, rate);
        assertThat(cut.originalTokens()).isEqualTo(10);
        assertThat(cut.tokens()).isEqualTo((int) Math.floor(10 * rate));
    }

    @Test
    void aTextThatIsToStayStays() {
        assertThat(truncation.compress(TEXT, 1).text()).isEqualTo(TEXT);
        assertThat(truncation.compress("word", 0.5).text()).isEqualTo("word");
        assertThat(truncation.compress("", 0.5).text()).isEmpty();
    }
}

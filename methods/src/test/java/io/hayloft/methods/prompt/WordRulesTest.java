package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordRulesTest {
    @Test
    void sentencePiecesMakeWords() {
        var rules = WordRules.XLM_ROBERTA;
        assertThat(rules.begins("▁the")).isTrue();
        assertThat(rules.begins("the")).isFalse();
        assertThat(rules.begins(",")).isTrue();
        assertThat(rules.begins("()")).isTrue();
        assertThat(rules.begins(")(")).isFalse();
        assertThat(rules.bare("▁▁the")).isEqualTo("the");
        assertThat(rules.join(List.of("▁The", "re", "▁is", ".", "▁\n"))).isEqualTo("There is. \n");
        assertThat(rules.join(List.of())).isEmpty();
        assertThat(rules.isSpecial("<unk>")).isTrue();
    }

    @Test
    void wordPiecesMakeWords() {
        var rules = WordRules.BERT;
        assertThat(rules.begins("the")).isTrue();
        assertThat(rules.begins("##re")).isFalse();
        assertThat(rules.bare("##re")).isEqualTo("re");
        assertThat(rules.join(List.of("The", "##re", "is", "one", ",", "two", "!", "[SEP]")))
                .isEqualTo("There is one, two! [SEP]");
    }
}

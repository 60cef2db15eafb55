package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.Goldens;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PromptFormTest {
    private static final int BOS = 1;

    private static Tokenizer tokenizer;
    private static int[] hello;

    @BeforeAll
    static void read() {
        tokenizer = Tokenizers.fromTokenizerJson(Goldens.path("tokenizers/sp_bpe_llama2/tokenizer.json"));
        hello = tokenizer.encode("hello", false, true);
        assertThat(hello).isNotEmpty().doesNotContain(BOS);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static PromptForm.Encoded raw(String text, boolean noBos) {
        return new PromptForm(true, true, noBos, ChatArguments.NONE).encode(text, tokenizer, Optional.empty());
    }

    @Test
    void textGetsOneBosToken() {
        var prompt = raw("hello", false);
        assertThat(prompt.ids()).startsWith(BOS).endsWith(hello).hasSize(1 + hello.length);
        assertThat(prompt.notes()).isEmpty();
    }

    @Test
    void textThatBeginsWithBosGetsNoSecondOneAndSaysSo() {
        var prompt = raw("<s>hello", false);
        assertThat(prompt.ids()).startsWith(BOS);
        assertThat(prompt.ids()[1]).isNotEqualTo(BOS);
        assertThat(prompt.notes()).containsExactly("the prompt begins with <s> itself, so no BOS token was added");
    }

    @Test
    void valuesForATemplateThatIsNotUsedAreRefused() {
        for (var raw : new boolean[] {true, false}) {
            for (var chat : List.of(new ChatArguments(Map.of("a", 1), null), new ChatArguments(Map.of(), false))) {
                var form = new PromptForm(raw, false, false, chat);
                assertThatThrownBy(() -> form.encode("hello", tokenizer, Optional.empty()))
                        .isInstanceOf(UserError.class)
                        .hasMessageContaining(raw ? "the prompt is raw" : "this model has none");
            }
        }
        assertThat(PromptForm.CHAT.encode("hello", tokenizer, Optional.empty()).ids())
                .endsWith(hello);
    }

    @Test
    void noBosLeavesOutWhatTheTokenizerAddsAndNothingElse() {
        assertThat(raw("hello", true).ids()).isEqualTo(hello);
        assertThat(raw("<s>hello", true).ids()).isEqualTo(tokenizer.encode("<s>hello", false, true));
        assertThat(raw("", true).ids()).isEmpty();
    }
}

package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Goldens;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RawPromptTest {
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

    @Test
    void textGetsOneBosToken() {
        var prompt = RawPrompt.encode("hello", tokenizer, true, false);
        assertThat(prompt.ids()).startsWith(BOS).endsWith(hello).hasSize(1 + hello.length);
        assertThat(prompt.note()).isEmpty();
    }

    @Test
    void textThatBeginsWithBosGetsNoSecondOneAndSaysSo() {
        var prompt = RawPrompt.encode("<s>hello", tokenizer, true, false);
        assertThat(prompt.ids()).startsWith(BOS);
        assertThat(prompt.ids()[1]).isNotEqualTo(BOS);
        assertThat(prompt.note()).contains("the prompt begins with <s> itself, so no BOS token was added");
    }

    @Test
    void noBosLeavesOutWhatTheTokenizerAddsAndNothingElse() {
        assertThat(RawPrompt.encode("hello", tokenizer, true, true).ids()).isEqualTo(hello);
        assertThat(RawPrompt.encode("<s>hello", tokenizer, true, true).ids())
                .isEqualTo(tokenizer.encode("<s>hello", false, true));
        assertThat(RawPrompt.encode("", tokenizer, true, true).ids()).isEmpty();
    }
}

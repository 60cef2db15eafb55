package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.template.Rendered;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTextTest {
    @Test
    void endsBeforeTheFirstLineFeedEvenInsideAToken() {
        var text = new CompletionText(new Letters().stream(), StopText.newline(0));
        assertThat(push(text, "ab\ncd")).isEqualTo("ab");
        assertThat(text.stopped()).isTrue();
        assertThat(text).hasToString("ab");
    }

    @Test
    void earlyLineFeedsDoNotCount() {
        var text = new CompletionText(new Letters().stream(), StopText.newline(2));
        assertThat(push(text, "\na")).isEqualTo("\na");
        assertThat(text.stopped()).isFalse();
        assertThat(push(text, "b\n")).isEqualTo("b");
        assertThat(text).hasToString("\nab");
    }

    @ParameterizedTest
    @CsvSource({"'Q: why Question',Question,'Q: why '", "Quest Que,Question,Quest Que", "ababc,abc,ab", "x###y,###,x"})
    void handsOutNothingThatIsCutLater(String said, String stop, String expected) {
        var text = new CompletionText(new Letters().stream(), new StopText(stop, 0));
        var heard = new StringBuilder(push(text, said));
        heard.append(text.finish());
        assertThat(heard).hasToString(expected);
        assertThat(text).hasToString(expected);
    }

    @Test
    void blanksAtTheStartAreSkippedOnRequest() {
        var text = new CompletionText(new Letters().stream(), StopText.newline(0));
        text.skipBlankStart();
        assertThat(text.append(" ")).isEmpty();
        assertThat(push(text, "\n\n ")).isEmpty();
        assertThat(text.atBlankStart()).isTrue();
        assertThat(push(text, "a b\nc")).isEqualTo("a b");
        assertThat(text.atBlankStart()).isFalse();
        assertThat(text.stopped()).isTrue();
    }

    @Test
    void withoutTokenizerThereIsNoText() {
        var text = new CompletionText(null, StopText.newline(0));
        assertThat(text.push('\n')).isEmpty();
        assertThat(text.finish()).isEmpty();
    }

    /** Pushes letter by letter until the text stops; returns what was handed out. */
    private static String push(CompletionText text, String letters) {
        var heard = new StringBuilder();
        for (int i = 0; i < letters.length() && !text.stopped(); i++) {
            heard.append(text.push(letters.charAt(i)));
        }
        return heard.toString();
    }

    /** Every letter is a token. */
    private static final class Letters implements Tokenizer {
        @Override
        public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int[] encodeChat(Rendered chat, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String decode(int[] ids, boolean skipSpecial) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public int vocabularySize() {
            return 128;
        }

        @Override
        public String token(int id) {
            return Character.toString(id);
        }

        @Override
        public OptionalInt bosId() {
            return OptionalInt.empty();
        }

        @Override
        public int[] eosIds() {
            return new int[0];
        }

        @Override
        public String describe() {
            return "letters";
        }

        @Override
        public void close() {}
    }
}

package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @Test
    void wordsAreRunsWithoutSpace() {
        assertThat(all(" a  bc,\n\n d.\u00a0e ")).containsExactly("a", "bc,", "d.", "e");
        assertThat(all("")).isEmpty();
        assertThat(all(" \n\t ")).isEmpty();
        assertThat(all("x缓存y カナ 한국어 \uD840\uDC00z"))
                .containsExactly("x", "缓", "存", "y", "カ", "ナ", "한국어", "\uD840\uDC00", "z");
    }

    @Test
    void keptNeighboursKeepWhatStoodBetweenThem() {
        var words = new Words("a\n\nb c\td 缓存 e");
        assertThat(words.join(new boolean[] {true, true, true, true, true, true, true}))
                .isEqualTo("a\n\nb c\td 缓存 e");
        assertThat(words.join(new boolean[] {true, false, true, true, false, true, true}))
                .isEqualTo("a\nc\td 存 e");
        assertThat(words.join(new boolean[7])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsKeptIsAPartOfTheText(long seed) {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.appendCodePoint(random.nextBoolean() ? " \n.aé缓\u3042".codePointAt(random.nextInt(7)) : 0x1F600);
        }
        var words = new Words(text.toString());
        var kept = new boolean[words.count()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextBoolean();
        }
        var expected = new StringBuilder();
        for (int i = 0; i < kept.length; i++) {
            expected.append(kept[i] ? words.word(i) : "");
        }
        assertThat(words.join(kept).replaceAll("\\s", "")).isEqualTo(expected.toString());
        Arrays.fill(kept, true);
        assertThat(words.join(kept)).isEqualTo(text.toString().strip());
    }

    private static List<String> all(String text) {
        var words = new Words(text);
        var all = new ArrayList<String>();
        for (int i = 0; i < words.count(); i++) {
            all.add(words.word(i));
        }
        return all;
    }
}

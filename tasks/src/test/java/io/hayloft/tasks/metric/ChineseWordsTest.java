package io.hayloft.tasks.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.GoldenLines;
import org.junit.jupiter.api.Test;

/** Words as jieba 0.42.1 gives them, of texts made for this and of words and characters drawn at random. */
class ChineseWordsTest {
    @Test
    void wordsOfTheReference() {
        var lines = GoldenLines.lines("metrics/chinese_words.jsonl");
        assertThat(lines).hasSize(194);
        for (var line : lines) {
            var text = line.get("text").stringValue();
            assertThat(ChineseWords.of(text)).as(text).isEqualTo(GoldenLines.texts(line.get("words")));
        }
    }

    @Test
    void answersAreComparedWithoutMarksAndCase() {
        assertThat(Chinese.qaF1("\u201cABC\u201d\u3002", "abc")).isEqualTo(1);
        assertThat(Chinese.qaF1("\u3002", "\u3002")).isZero();
        assertThat(Chinese.rouge("", "abc")).isZero();
    }
}

package io.hayloft.tasks.metric;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The metrics of LongBench's Chinese tasks: those of the English ones on the words that {@link ChineseWords} finds. */
final class Chinese {
    private static final Set<Integer> PUNCTUATION = ("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
                    + "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』【】〔〕" + "〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏")
            .codePoints()
            .boxed()
            .collect(Collectors.toUnmodifiableSet());

    private Chinese() {}

    /** The F1 of bags of words in lower case, without punctuation. */
    static double qaF1(String prediction, String reference) {
        return QaF1.ofWords(answerWords(prediction), answerWords(reference));
    }

    private static List<String> answerWords(String text) {
        return ChineseWords.of(text).stream()
                .map(Chinese::answerForm)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String answerForm(String word) {
        var bare = new StringBuilder();
        UnicodeText.lower(word)
                .codePoints()
                .filter(c -> !PUNCTUATION.contains(c) && !UnicodeText.isSpace(c))
                .forEach(bare::appendCodePoint);
        return bare.toString();
    }

    /** {@link Rouge#longest} of the texts with a space between words. */
    static double rouge(String prediction, String reference) {
        return Rouge.longest(spaced(prediction), spaced(reference));
    }

    private static String spaced(String text) {
        return String.join(" ", ChineseWords.of(text));
    }
}

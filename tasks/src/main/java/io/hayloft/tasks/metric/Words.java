package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.List;

/** Words as the mini suite counts them: split at white space; every punctuation mark and every digit is its own word. */
public final class Words {
    private Words() {}

    /** The words of a text. */
    public static List<String> of(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean alone = isPunctuation(c) || Character.isDigit(c);
            if (alone || UnicodeText.isSpace(c)) {
                finish(word, words);
            }
            if (alone) {
                words.add(Character.toString(c));
            } else if (!UnicodeText.isSpace(c)) {
                word.appendCodePoint(c);
            }
        });
        finish(word, words);
        return words;
    }

    private static void finish(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private static boolean isPunctuation(int c) {
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            // symbols such as + = $ count as punctuation within ASCII only
            default -> c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
        };
    }
}

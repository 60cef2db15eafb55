package io.hayloft.methods.prompt;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a text: runs without space between them, except that each character of a script that writes no spaces is a
 * word.
 */
final class Words {
    private final String text;
    private final List<int[]> spans;

    Words(String text) {
        this.text = text;
        this.spans = spans(text);
    }

    private static List<int[]> spans(String text) {
        var spans = new ArrayList<int[]>();
        int start = -1;
        for (int i = 0, length; i < text.length(); i += length) {
            int c = text.codePointAt(i);
            length = Character.charCount(c);
            boolean alone = standsAlone(c);
            if (start >= 0 && (alone || isSpace(c))) {
                spans.add(new int[] {start, i});
                start = -1;
            }
            if (alone) {
                spans.add(new int[] {i, i + length});
            } else if (start < 0 && !isSpace(c)) {
                start = i;
            }
        }
        if (start >= 0) {
            spans.add(new int[] {start, text.length()});
        }
        return spans;
    }

    private static boolean standsAlone(int c) {
        if (c < 0x0E00 || !Character.isLetter(c)) {
            return false;
        }
        var script = UnicodeScript.of(c);
        return script == UnicodeScript.HAN || script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    }

    /** Whether a character separates words. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    int count() {
        return spans.size();
    }

    /** Where word i begins and ends in the text. */
    int[] span(int i) {
        return spans.get(i);
    }

    String word(int i) {
        return text.substring(spans.get(i)[0], spans.get(i)[1]);
    }

    /**
     * The kept words as a text: neighbours with exactly what stood between them, others with a line feed, a space or
     * nothing, as there was one between them.
     */
    String join(boolean[] kept) {
        var joined = new StringBuilder();
        int last = -1;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                if (last >= 0) {
                    var gap = text.substring(span(last)[1], span(i)[0]);
                    joined.append(last == i - 1 ? gap : separator(gap));
                }
                joined.append(word(i));
                last = i;
            }
        }
        return joined.toString();
    }

    private static String separator(String gap) {
        if (gap.indexOf('\n') >= 0) {
            return "\n";
        }
        return gap.codePoints().anyMatch(Words::isSpace) ? " " : "";
    }
}

package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text rules of Python 3, in which the published scores were computed: its white space, word boundaries and digits are
 * not those of Java. All work on code points.
 */
public final class UnicodeText {
    /** Runs of word characters. A look-behind would not do: it sees only half of a letter outside the basic plane. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");

    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Pattern ASCII_PUNCTUATION = Pattern.compile("\\p{Punct}");
    private static final Pattern DIGITS = Pattern.compile("\\p{Nd}+");

    private UnicodeText() {}

    /** White space as {@code str.split()} sees it: with U+001C to U+001F and U+0085, without U+200B and U+FEFF. */
    public static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F, ' ', 0x85, 0xA0 -> true;
            case 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200A;
        };
    }

    /** The runs of characters between white space; none for a blank text. */
    public static List<String> words(String text) {
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            // every white space character is in the basic plane
            if (isSpace(text.charAt(i))) {
                if (start >= 0) {
                    words.add(text.substring(start, i));
                    start = -1;
                }
            } else if (start < 0) {
                start = i;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** The text without white space at both ends. */
    public static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Lower case, without any locale. */
    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /**
     * The form in which question answering compares texts: lower case, without ASCII punctuation and without the words
     * a, an, the, single spaces.
     */
    public static String answerForm(String text) {
        return normal(text, " ");
    }

    /** The form of the pass-key scorer: as {@link #answerForm}, but nothing stays in the place of an article. */
    public static String passKeyForm(String text) {
        return normal(text, "");
    }

    private static String normal(String text, String inPlaceOfArticle) {
        var bare = ASCII_PUNCTUATION.matcher(lower(text)).replaceAll("");
        var rest = WORD.matcher(bare)
                .replaceAll(word ->
                        ARTICLES.contains(word.group()) ? inPlaceOfArticle : Matcher.quoteReplacement(word.group()));
        return String.join(" ", words(rest));
    }

    /** The text up to the first line feed, after leading line feeds are dropped; no other white space is touched. */
    public static String firstLine(String text) {
        var rest = dropLeadingLineFeeds(text);
        int end = rest.indexOf('\n');
        return end < 0 ? rest : rest.substring(0, end);
    }

    static String dropLeadingLineFeeds(String text) {
        int from = 0;
        while (from < text.length() && text.charAt(from) == '\n') {
            from++;
        }
        return text.substring(from);
    }

    /** All runs of decimal digits of any script, in order, as they are written. */
    public static List<String> numbers(String text) {
        return DIGITS.matcher(text).results().map(result -> result.group()).toList();
    }
}

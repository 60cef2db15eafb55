package io.hayloft.tasks.needle;

import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.metric.UnicodeText;
import java.util.ArrayList;
import java.util.List;

/**
 * The pass-key prompt of the published benchmark (see {@code NOTICE.txt} beside the resources), by words: a word is a
 * run of other characters with the white space after it.
 */
final class PaperPrompt {
    private static final String INSTRUCTION = "There is an important info hidden inside a lot of irrelevant text. Find "
            + "it and memorize it. I will quiz you about the important information there.\n";
    private static final String QUESTION = "\nWhat is the pass key? The pass key is ";

    private PaperPrompt() {}

    /**
     * A prompt with the key after that share of the background's words, rounded down.
     *
     * @param texts the background: read in order, and again from the first, until there are enough words
     * @param words length of the background
     */
    static Prompt of(List<String> texts, int words, double depth, String key) {
        var background = background(texts, words);
        int before = (int) (background.size() * depth);
        var content = String.join(
                " ",
                joined(background.subList(0, before)),
                "The pass key is " + key + ". Remember it. " + key + " is the pass key.",
                joined(background.subList(before, background.size())),
                "");
        return new Prompt(INSTRUCTION, content, QUESTION, false);
    }

    /** The first words of the joined texts; a few less than wanted, since two words become one where texts meet. */
    private static List<String> background(List<String> texts, int words) {
        var joined = new StringBuilder();
        int have = 0;
        for (int i = 0; have < words; i = (i + 1) % texts.size()) {
            joined.append(texts.get(i));
            have += words(texts.get(i)).size();
        }
        var all = words(joined.toString());
        return all.subList(0, Math.min(words, all.size()));
    }

    private static String joined(List<String> words) {
        return UnicodeText.strip(String.join("", words));
    }

    /** The words with the white space after them; white space before the first is dropped. */
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            boolean begins =
                    !UnicodeText.isSpace(text.charAt(i)) && (i == 0 || UnicodeText.isSpace(text.charAt(i - 1)));
            if (begins) {
                if (start >= 0) {
                    words.add(text.substring(start, i));
                }
                start = i;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }
}

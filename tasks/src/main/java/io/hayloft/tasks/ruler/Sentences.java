package io.hayloft.tasks.ruler;

import io.hayloft.tasks.metric.UnicodeText;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts prose into sentences: a sentence ends at a full stop, question mark or exclamation mark before white space. The
 * official program asks NLTK's trained Punkt model; both agree on text without abbreviations, initials and decimal numbers.
 */
final class Sentences {
    private Sentences() {}

    static List<String> of(String text) {
        var trimmed = UnicodeText.strip(text);
        var sentences = new ArrayList<String>();
        int from = 0;
        for (int i = 1; i < trimmed.length(); i++) {
            if (UnicodeText.isSpace(trimmed.charAt(i)) && ".?!".indexOf(trimmed.charAt(i - 1)) >= 0) {
                sentences.add(trimmed.substring(from, i));
                while (UnicodeText.isSpace(trimmed.charAt(i))) {
                    i++; // ends at the latest at the last character, which is none
                }
                from = i;
            }
        }
        sentences.add(trimmed.substring(from));
        return sentences;
    }
}

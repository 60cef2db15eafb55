package io.hayloft.tasks.mini;

import java.util.ArrayList;
import java.util.List;

/** Small helpers to put words together; a word is what the embedded model takes as one token. */
final class Phrase {
    private Phrase() {}

    /** The words of a pattern, with each {@code {}} replaced by the next value. */
    static List<String> of(String pattern, String... values) {
        var words = new ArrayList<String>();
        int next = 0;
        for (var word : pattern.split(" ", -1)) {
            words.add(word.equals("{}") ? values[next++] : word);
        }
        return words;
    }

    /** All words in a row. */
    @SafeVarargs
    static List<String> join(List<String>... parts) {
        var words = new ArrayList<String>();
        for (var part : parts) {
            words.addAll(part);
        }
        return words;
    }

    /** All words in a row. */
    static List<String> join(List<List<String>> parts) {
        var words = new ArrayList<String>();
        parts.forEach(words::addAll);
        return words;
    }
}

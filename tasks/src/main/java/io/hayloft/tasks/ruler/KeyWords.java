package io.hayloft.tasks.ruler;

import io.hayloft.tasks.python.CodePointOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Every adjective joined to every noun by a hyphen, each once, sorted by code point. There are millions, so they are not
 * held: the words of one adjective follow one another in the order of the nouns, unless the adjective with its hyphen
 * begins another one ({@code well} and {@code well-lit}); only the words of such adjectives are sorted and kept.
 */
final class KeyWords {
    private final List<String> nouns;
    private final List<Run> runs = new ArrayList<>();
    private int size;

    /**
     * Words that follow one another in the order.
     *
     * @param first place of the first one
     * @param beginning what stands before a noun of each; empty where the words are kept
     * @param words the words after that beginning, sorted
     */
    private record Run(int first, String beginning, List<String> words) {}

    KeyWords(List<String> adjectives, List<String> nouns) {
        this.nouns = CodePointOrder.sortedSet(nouns);
        var beginnings = CodePointOrder.sortedSet(
                adjectives.stream().map(word -> word + "-").toList());
        for (int i = 0; i < beginnings.size(); ) {
            int end = i + 1;
            while (end < beginnings.size() && beginnings.get(end).startsWith(beginnings.get(i))) {
                end++;
            }
            add(beginnings.subList(i, end));
            i = end;
        }
    }

    private void add(List<String> beginnings) {
        if (beginnings.size() == 1) {
            runs.add(new Run(size, beginnings.getFirst(), nouns));
        } else {
            var words = new ArrayList<String>();
            beginnings.forEach(beginning -> nouns.forEach(noun -> words.add(beginning + noun)));
            runs.add(new Run(size, "", CodePointOrder.sortedSet(words)));
        }
        size += runs.getLast().words().size();
    }

    /** How many words there are. */
    int size() {
        return size;
    }

    /** The word at a place of the order, from 0. */
    String at(int place) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (runs.get(middle).first() <= place) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        var run = runs.get(low);
        return run.beginning() + run.words().get(place - run.first());
    }
}

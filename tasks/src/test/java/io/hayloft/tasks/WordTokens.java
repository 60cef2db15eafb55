package io.hayloft.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stand-in for the tokenizer of the embedded model: split at white space, every punctuation mark and digit alone,
 * whole words looked up, decoded with single spaces.
 */
public final class WordTokens implements TokenCounter {
    public static final int UNKNOWN = 3;

    private final Map<String, Integer> ids;
    private final List<String> words = new ArrayList<>();

    /** A tokenizer with these words; a text's id is its place. */
    public WordTokens(Map<String, Integer> vocabulary) {
        ids = new LinkedHashMap<>(vocabulary);
        vocabulary.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(entry -> words.add(entry.getKey()));
    }

    @Override
    public int[] encode(String text) {
        return split(text).stream()
                .mapToInt(word -> ids.getOrDefault(word, UNKNOWN))
                .toArray();
    }

    private static List<String> split(String text) {
        var words = new ArrayList<String>();
        for (var run : text.strip().split("\\s+", -1)) {
            words.addAll(List.of(run.split("(?<=[\\p{Punct}\\p{P}\\d])|(?=[\\p{Punct}\\p{P}\\d])", -1)));
        }
        words.removeIf(String::isEmpty);
        return words;
    }

    @Override
    public String decode(int[] ids) {
        var text = new ArrayList<String>();
        for (int id : ids) {
            text.add(words.get(id));
        }
        return String.join(" ", text);
    }

    @Override
    public int startTokens() {
        return 1;
    }
}

package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sentences without meaning for the question, from the templates of the resource {@code sentences.txt}. */
final class Filler {
    private static final List<List<String>> TEMPLATES = Vocabulary.resource("sentences.txt").stream()
            .map(line -> Arrays.asList(line.split(" ", -1)))
            .toList();

    private Filler() {}

    /** One random sentence. */
    static List<String> sentence(SeededRandom random) {
        var words = new ArrayList<String>();
        for (var word : random.pick(TEMPLATES)) {
            boolean slot = word.startsWith("{");
            words.add(slot ? Vocabulary.INSTANCE.pick(word.substring(1, word.length() - 1), random) : word);
        }
        return words;
    }

    /** Sentences until they have at least that many words together; none for 0 or less. */
    static List<List<String>> sentences(int words, SeededRandom random) {
        var sentences = new ArrayList<List<String>>();
        for (int have = 0; have < words; ) {
            var sentence = sentence(random);
            sentences.add(sentence);
            have += sentence.size();
        }
        return sentences;
    }

    /**
     * A text of about {@code words} words that hides facts between filler sentences.
     *
     * @param inOrder whether the facts keep their order
     */
    static List<String> hide(List<List<String>> facts, int words, boolean inOrder, SeededRandom random) {
        return weave(facts, sentences(wordsBeside(facts, words), random), inOrder, random);
    }

    /** How much filler makes a text of {@code words} words with these facts; the last sentence may go over. */
    static int wordsBeside(List<List<String>> facts, int words) {
        return words - facts.stream().mapToInt(List::size).sum() - 8;
    }

    /** Puts each fact between two random sentences. */
    static List<String> weave(
            List<List<String>> facts, List<List<String>> sentences, boolean inOrder, SeededRandom random) {
        var places = new int[facts.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = random.nextInt(sentences.size() + 1);
        }
        if (inOrder) {
            Arrays.sort(places);
        }
        var text = new ArrayList<String>();
        for (int i = 0; i <= sentences.size(); i++) {
            for (int fact = 0; fact < places.length; fact++) {
                if (places[fact] == i) {
                    text.addAll(facts.get(fact));
                }
            }
            if (i < sentences.size()) {
                text.addAll(sentences.get(i));
            }
        }
        return text;
    }
}

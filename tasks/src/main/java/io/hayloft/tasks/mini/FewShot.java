package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * "Input : wine Label : fix pum ." over and over: each class of nouns has a label of two nonsense words. Asked is the
 * label of a word that no example had, of a class that some example had.
 */
final class FewShot implements MiniText.Generator {
    /** A class of nouns with its label; the last word is kept for the question. */
    private record Labelled(List<String> examples, String asked, List<String> label) {}

    @Override
    public MiniText generate(int length, SeededRandom random) {
        int words = length - MiniText.QUESTION_ROOM;
        var classes = classes(words < 400 ? 3 + random.nextInt(4) : 6, random);
        var context = new ArrayList<String>();
        var shown = new TreeSet<Integer>();
        while (context.size() < words - 8 || shown.isEmpty()) {
            int index = random.nextInt(classes.size());
            var one = classes.get(index);
            shown.add(index);
            context.addAll(question(random.pick(one.examples())));
            context.addAll(one.label());
        }
        var asked = classes.get(random.pick(List.copyOf(shown)));
        return new MiniText(context, question(asked.asked()), asked.label(), List.of());
    }

    private static List<Labelled> classes(int count, SeededRandom random) {
        var nouns = random.sample(Vocabulary.INSTANCE.nounClasses(), count);
        var labels = random.sample(Vocabulary.INSTANCE.words("nonce"), 2 * count);
        var classes = new ArrayList<Labelled>();
        for (int i = 0; i < count; i++) {
            var words = random.shuffled(nouns.get(i));
            var label = Phrase.of("{} {} .", labels.get(2 * i), labels.get(2 * i + 1));
            classes.add(new Labelled(words.subList(0, words.size() - 1), words.getLast(), label));
        }
        return classes;
    }

    private static List<String> question(String input) {
        return Phrase.of("Input : {} Label :", input);
    }
}

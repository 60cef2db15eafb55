package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Three sentences marked "Key point 1 :" and so on, far apart: the summary repeats them in order. */
final class KeyPoints implements MiniText.Generator {
    private static final int POINTS = 3;

    @Override
    public MiniText generate(int length, SeededRandom random) {
        var points = new ArrayList<List<String>>();
        for (int i = 1; i <= POINTS; i++) {
            points.add(Phrase.join(mark(i), statement(random)));
        }
        var context = Filler.hide(points, length - MiniText.QUESTION_ROOM, true, random);
        var all = Phrase.join(points);
        // the first mark belongs to the question
        int mark = mark(1).size();
        var question = Phrase.join(Phrase.of("Summary :"), all.subList(0, mark));
        return new MiniText(context, question, all.subList(mark, all.size()), List.of());
    }

    private static List<String> mark(int number) {
        return Phrase.of("Key point {} :", Integer.toString(number));
    }

    private static List<String> statement(SeededRandom random) {
        var words = Vocabulary.INSTANCE;
        return Phrase.of(
                "the {} {} {} in {} {} .",
                words.pick("adjective", random),
                words.pick("noun", random),
                words.pick("verb", random),
                words.pick("place", random),
                words.pick("place-kind", random));
    }
}

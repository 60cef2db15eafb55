package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** "The pass key of the turtle is 7 8 6 6 5 9 9 .": two such needles in filler, and one of them is asked for. */
final class PassKeys implements MiniText.Generator {
    private static final int KEYS = 2;
    private static final int DIGITS = 7;

    private record Needle(List<String> subject, List<String> key) {
        List<String> sentence() {
            return Phrase.join(subject, key);
        }
    }

    @Override
    public MiniText generate(int length, SeededRandom random) {
        var needles = random.sample(Vocabulary.INSTANCE.words("noun"), KEYS).stream()
                .map(noun -> new Needle(Phrase.of("The pass key of the {} is", noun), key(random)))
                .toList();
        var sentences = needles.stream().map(Needle::sentence).toList();
        var context = Filler.hide(sentences, length - MiniText.QUESTION_ROOM, false, random);
        var asked = random.pick(needles);
        return new MiniText(
                context, Phrase.join(Phrase.of("Recall :"), asked.subject()), asked.key(), asked.sentence());
    }

    private static List<String> key(SeededRandom random) {
        var key = new ArrayList<String>();
        for (int i = 0; i < DIGITS; i++) {
            key.add(Vocabulary.INSTANCE.pick("digit", random));
        }
        key.add(".");
        return key;
    }
}

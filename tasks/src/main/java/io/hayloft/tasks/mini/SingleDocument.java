package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * "The gift of Omar Hale is amber kettle ." among facts of the same person or the same attribute. Two attributes a
 * person; a longer text has more facts.
 */
final class SingleDocument implements MiniText.Generator {
    private static final int MOST_FACTS = 24;

    private record Fact(List<String> subject, List<String> value) {
        List<String> sentence() {
            return Phrase.join(subject, value);
        }
    }

    @Override
    public MiniText generate(int length, SeededRandom random) {
        var facts = facts(Math.min(MOST_FACTS, 4 + length / 256), random);
        var sentences = facts.stream().map(Fact::sentence).toList();
        var context = Filler.hide(sentences, length - MiniText.QUESTION_ROOM, false, random);
        var asked = random.pick(facts);
        return new MiniText(
                context, Phrase.join(Phrase.of("Recall :"), asked.subject()), asked.value(), asked.sentence());
    }

    private static List<Fact> facts(int count, SeededRandom random) {
        var words = Vocabulary.INSTANCE;
        var facts = new ArrayList<Fact>();
        for (var person : people((count + 1) / 2, random)) {
            for (var attribute : random.sample(words.words("attribute"), 2)) {
                var subject = Phrase.of("The {} of {} {} is", attribute, person.get(0), person.get(1));
                var value = Phrase.of("{} {} .", words.pick("adjective", random), words.pick("noun", random));
                facts.add(new Fact(subject, value));
            }
        }
        return facts.subList(0, count);
    }

    /** Different people, each a first and a last name. */
    static List<List<String>> people(int count, SeededRandom random) {
        var people = new LinkedHashSet<List<String>>();
        while (people.size() < count) {
            people.add(List.of(
                    Vocabulary.INSTANCE.pick("first-name", random), Vocabulary.INSTANCE.pick("last-name", random)));
        }
        return List.copyOf(people);
    }
}

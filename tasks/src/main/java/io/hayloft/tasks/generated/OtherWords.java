package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Facts about people in prose, asked for in other words than those that state them. */
record OtherWords(TaskData data) implements Generator {
    /** Between a fact and its question in the lines of the data file. */
    private static final String SEPARATOR = " | ";

    @Override
    public int fewestUnits() {
        return data.number("facts");
    }

    /** Units are sentences of prose. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int count = data.number("facts");
        var facts = random.sample(data.lines(), count);
        var names = random.sample(data.words("names"), count);
        var sentences = Prose.sentences(units, random);
        int place = (int) Math.rint(Depths.of(index) * units);
        var places = new ArrayList<>(List.of(place)); // the first fact is asked for
        while (places.size() < count) {
            places.add(random.nextInt(units + 1));
        }
        var text = new ArrayList<String>();
        for (int i = 0; i <= units; i++) {
            for (int fact = 0; fact < count; fact++) {
                if (places.get(fact) == i) {
                    text.add(TaskData.fill(parts(facts.get(fact))[0], names.get(fact)));
                }
            }
            if (i < units) {
                text.add(sentences.get(i));
            }
        }
        var question = data.text("question", parts(facts.getFirst())[1]);
        return new Drawn(data.instruction(), Prose.paragraphs(text), question, List.of(names.getFirst()))
                .with("depth", Depths.of(index));
    }

    /** A fact and the question to it. */
    static String[] parts(String line) {
        int at = line.indexOf(SEPARATOR);
        return new String[] {line.substring(0, at), line.substring(at + SEPARATOR.length())};
    }
}

package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;

/** Many labelled words; classes go in pairs, and each has the label of its partner. Words without examples are asked for. */
record FlippedLabels(TaskData data) implements Generator {
    /** A class by its true label, with the label that the examples give it. */
    private record Labelled(String truth, String given) {}

    /** Enough that every class has an example. */
    @Override
    public int fewestUnits() {
        return data.words().size();
    }

    /** Units are examples. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var labels = random.shuffled(data.words().keySet().stream().sorted().toList());
        var classes = new ArrayList<Labelled>();
        for (int i = 0; i < labels.size(); i++) {
            classes.add(new Labelled(labels.get(i), labels.get(i ^ 1)));
        }
        var asked = random.sample(classes, data.number("asked"));
        var words =
                asked.stream().map(one -> random.pick(data.words(one.truth()))).toList();
        var rounds = new ArrayList<Labelled>();
        while (rounds.size() < units) {
            rounds.addAll(random.shuffled(classes));
        }
        var examples = new ArrayList<String>();
        for (var one : rounds.subList(0, units)) {
            var others = new ArrayList<>(data.words(one.truth()));
            others.removeAll(words);
            examples.add(data.text("example", random.pick(others), one.given()));
        }
        var answers = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            answers.add(data.text("example", words.get(i), asked.get(i).given()));
        }
        var question = data.text("question", String.join(", ", words));
        return new Drawn(data.instruction(), String.join("\n", examples), question, answers);
    }
}

package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Lines of random words in groups that begin alike; one is asked for by its beginning. */
record PrefixSuffix(TaskData data) implements Generator {
    @Override
    public int fewestUnits() {
        return 2 * data.number("alike");
    }

    /** Units are lines. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var words = data.words("words");
        int alike = data.number("alike");
        var lines = new ArrayList<List<String>>();
        while (lines.size() < units) {
            var shared = random.sample(words, data.number("shared"));
            // the word after the shared ones is another in each line of the group
            var next = random.sample(words, alike);
            for (int i = 0; i < alike && lines.size() < units; i++) {
                var line = new ArrayList<>(shared);
                line.add(next.get(i));
                line.addAll(random.sample(words, data.number("suffix")));
                lines.add(line);
            }
        }
        var mixed = random.shuffled(lines);
        var line = mixed.get(Depths.place(index, units));
        int prefix = data.number("shared") + 1;
        var beginning = String.join(" ", line.subList(0, prefix));
        var ending = String.join(" ", line.subList(prefix, line.size()));
        var document = String.join(
                "\n", mixed.stream().map(one -> String.join(" ", one)).toList());
        return new Drawn(data.instruction(), document, data.text("question", beginning, beginning), List.of(ending))
                .with("depth", Depths.of(index));
    }
}

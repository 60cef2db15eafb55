package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;

/** Numbered paragraphs, one of which is written out word for word. */
record Recite(TaskData data) implements Generator {
    @Override
    public int fewestUnits() {
        return 2 * data.number("sentences");
    }

    /** Units are sentences; the last paragraph may have fewer and is never asked for then. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int size = data.number("sentences");
        var sentences = new ArrayList<String>();
        var document = new StringBuilder();
        for (int from = 0; from < units; from += size) {
            var paragraph = Prose.different(Math.min(size, units - from), random);
            sentences.addAll(paragraph);
            document.append(from == 0 ? "" : "\n\n")
                    .append(data.text("heading", from / size + 1))
                    .append(String.join(" ", paragraph));
        }
        int asked = Depths.place(index, units / size);
        var heading = data.text("heading", asked + 1);
        return new Drawn(
                        data.instruction(),
                        document.toString(),
                        data.text("question", asked + 1) + heading,
                        sentences.subList(asked * size, (asked + 1) * size))
                .with("depth", Depths.of(index));
    }
}

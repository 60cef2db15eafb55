package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.Locale;

/** A table of keys and values between prose, written out in its order. */
record Table(TaskData data) implements Generator {
    private static final int VALUES = 10_000;

    @Override
    public int fewestUnits() {
        return 0;
    }

    /** Units are sentences of prose. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var rows = new ArrayList<String>();
        for (var key : TaskData.names(data.number("rows"), random)) {
            rows.add(data.text("row", key, String.format(Locale.ROOT, "%04d", random.nextInt(VALUES))));
        }
        var sentences = Prose.sentences(units, random);
        int before = (int) Math.rint(Depths.of(index) * units);
        var heading = data.text("heading", rows.size());
        var document = Prose.paragraphs(sentences.subList(0, before))
                + (before == 0 ? "" : "\n\n")
                + heading
                + String.join("\n", rows)
                + data.text("end")
                + Prose.paragraphs(sentences.subList(before, units));
        return new Drawn(data.instruction(), document.strip(), data.text("question", rows.size()) + heading, rows)
                .with("depth", Depths.of(index));
    }
}

package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A diary of short entries; how many of them are of one kind is asked for. */
record Counting(TaskData data) implements Generator {
    @Override
    public int fewestUnits() {
        return 3 * data.number("fewest");
    }

    /** Units are entries. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int fewest = data.number("fewest");
        int most = Math.min(data.number("most"), units / 2);
        int count = fewest + random.nextInt(most - fewest + 1);
        var kinds = random.shuffled(data.lines());
        var chosen = new ArrayList<>(Collections.nCopies(count, kinds.getFirst()));
        while (chosen.size() < units) {
            chosen.add(kinds.get(1 + random.nextInt(kinds.size() - 1)));
        }
        var document = new StringBuilder();
        for (var kind : random.shuffled(chosen)) {
            document.append(document.isEmpty() ? "" : "\n");
            document.append(data.text("entry", random.pick(data.words("names")), kind));
        }
        var kind = kinds.getFirst();
        return new Drawn(
                data.instruction(),
                document.toString(),
                data.text("question", kind, kind),
                List.of(String.valueOf(count)));
    }
}

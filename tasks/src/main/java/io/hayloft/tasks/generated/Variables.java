package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Chains of boxes, each of which holds the same number as another; only the first of a chain names it. */
record Variables(TaskData data) implements Generator {
    private static final int LEAST = 10_000;

    @Override
    public int fewestUnits() {
        return data.words("hops").stream().mapToInt(Integer::parseInt).max().orElseThrow() + 1;
    }

    /** Units are lines, in random order. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var choices = data.words("hops");
        int hops = Integer.parseInt(choices.get(index % choices.size()));
        var names = TaskData.names(units, random);
        var lines = new ArrayList<String>();
        var ends = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (int i = 0; i < units; i++) {
            int hop = i % (hops + 1);
            if (hop == 0) {
                values.add(String.valueOf(LEAST + random.nextInt(9 * LEAST)));
                lines.add(data.text("first", names.get(i), values.getLast()));
            } else {
                lines.add(data.text("same", names.get(i), names.get(i - 1)));
            }
            if (hop == hops) {
                ends.add(names.get(i));
            }
        }
        int asked = random.nextInt(ends.size());
        var document = String.join("\n", random.shuffled(lines));
        var question = data.text("question", ends.get(asked), ends.get(asked));
        return new Drawn(data.instruction(), document, question, List.of(values.get(asked))).with("hops", hops);
    }
}

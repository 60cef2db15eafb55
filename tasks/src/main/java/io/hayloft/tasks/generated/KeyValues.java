package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.List;
import java.util.Locale;

/** One JSON object with nothing but keys and numbers; the value of one key is asked for. */
record KeyValues(TaskData data) implements Generator {
    private static final int VALUES = 100_000_000;

    @Override
    public int fewestUnits() {
        return 5;
    }

    /** Units are entries. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var keys = TaskData.names(units, random);
        int asked = Depths.place(index, units);
        var answer = "";
        var document = new StringBuilder("{\n");
        for (int i = 0; i < units; i++) {
            var value = String.format(Locale.ROOT, "%08d", random.nextInt(VALUES));
            document.append(data.text("entry", keys.get(i), value)).append(i < units - 1 ? ",\n" : "\n}");
            answer = i == asked ? value : answer;
        }
        var question = data.text("question", keys.get(asked), keys.get(asked));
        return new Drawn(data.instruction(), document.toString(), question, List.of(answer))
                .with("depth", Depths.of(index));
    }
}

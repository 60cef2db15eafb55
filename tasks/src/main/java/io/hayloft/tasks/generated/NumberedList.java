package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** A list of picks from a long list of goods, continued under rules that leave one way to go on. */
record NumberedList(TaskData data) implements Generator {
    /** Of so many goods about one is sold. */
    private static final int ONE_SOLD_OF = 3;

    /** Goods that are enough for all picks, however many are sold. */
    @Override
    public int fewestUnits() {
        return 2 * (data.number("given") + data.number("lines"));
    }

    /** Units are goods. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        var names = TaskData.names(units, random);
        var sold = new ArrayList<Boolean>(units);
        for (int i = 0; i < units; i++) {
            // never more than every other one, so that the picks need at most twice their number of goods
            sold.add(random.nextInt(ONE_SOLD_OF) == 0 && !(i > 0 && sold.get(i - 1)));
        }
        var document = new StringBuilder(data.text("goods"));
        for (int i = 0; i < units; i++) {
            document.append(data.text(sold.get(i) ? "sold" : "free", names.get(i)));
        }
        int given = data.number("given");
        int number = 1 + random.nextInt(data.number("most-number"));
        int first = Depths.place(index, units - fewestUnits() + 1);
        var picks = picks(number, names.subList(first, units), sold.subList(first, units));
        var question = data.text("question", data.number("lines"), number + given - 1)
                + data.text("heading")
                + String.join("\n", picks.subList(0, given))
                + "\n";
        return new Drawn(
                        data.instruction(data.number("check-every")),
                        document.toString().stripTrailing(),
                        question,
                        picks.subList(given, picks.size()))
                .with("depth", Depths.of(index));
    }

    /** All picks, given ones first, from the first of these goods on. */
    private List<String> picks(int firstNumber, List<String> names, List<Boolean> sold) {
        var picks = new ArrayList<String>();
        int count = data.number("given") + data.number("lines");
        for (int next = 0; picks.size() < count; ) {
            int number = firstNumber + picks.size();
            if (number % data.number("check-every") == 0) {
                picks.add(data.text("check", number));
                continue;
            }
            if (!sold.get(next)) {
                picks.add(data.text("pick", number, names.get(next)));
            }
            next++;
        }
        return picks;
    }
}

package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;

/** A long ledger of small gains and losses; the total is written down after each of some entries. */
record RunningSums(TaskData data) implements Generator {
    @Override
    public int fewestUnits() {
        return data.number("lines") + 1;
    }

    /** Units are entries. */
    @Override
    public Drawn draw(int units, int index, SeededRandom random) {
        int lines = data.number("lines");
        int first = 1 + Depths.place(index, units - lines); // the total before it is given
        int start = data.number("least-total") + random.nextInt(data.number("least-total"));
        var document = new StringBuilder();
        var totals = new ArrayList<String>();
        int total = start;
        for (int entry = 0; entry < units; entry++) {
            int amount = 1 + random.nextInt(data.number("most"));
            boolean gain = random.nextInt(2) == 0;
            document.append(entry == 0 ? "" : "\n").append(data.text(gain ? "gain" : "loss", entry + 1, amount));
            if (entry >= first && entry < first + lines) {
                total += gain ? amount : -amount;
                totals.add(data.text("total", entry + 1, total));
            }
        }
        var question = data.text("question", first + 1, first + lines) + data.text("total", first, start) + "\n";
        return new Drawn(data.instruction(), document.toString(), question, totals).with("depth", Depths.of(index));
    }
}

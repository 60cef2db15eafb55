package io.hayloft.report;

import io.hayloft.report.stats.SummaryTable.Row;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The settings that no other one beats in both score and bytes. Random choice is a control, not a setting to recommend. */
final class Pareto {
    private Pareto() {}

    /** Methods on the front. */
    static Set<String> front(List<Row> rows) {
        var front = new TreeSet<String>();
        double best = Double.NEGATIVE_INFINITY;
        var sorted = rows.stream()
                .filter(row -> !isControl(row) && row.mean().count() > 0 && Double.isFinite(row.bytesPerToken()))
                .sorted(Comparator.comparingDouble(Row::bytesPerToken)
                        .thenComparing(Comparator.comparingDouble(
                                        (Row row) -> row.mean().mean())
                                .reversed()))
                .toList();
        for (var row : sorted) {
            if (row.mean().mean() > best) {
                best = row.mean().mean();
                front.add(row.method());
            }
        }
        return front;
    }

    /** By its text: a record may name a method that this version does not know. */
    private static boolean isControl(Row row) {
        return row.method().split("[:+ ]", 2)[0].equals("random");
    }
}

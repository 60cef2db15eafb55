package io.hayloft.report.stats;

import io.hayloft.report.stats.SummaryTable.Row;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The settings that are worth their bytes: each is shown to score more than every setting, control or full cache that
 * stores no more. What only chance or a few bytes set apart is not on the front; of settings with about the same bytes that
 * are not shown to differ, the one with the higher score is.
 */
final class ParetoFront {
    /** Bytes within this factor are the same for all practical purposes. */
    private static final double ABOUT_THE_SAME = 1.02;

    private ParetoFront() {}

    /**
     * Methods on the front.
     *
     * @param isHigher whether the first method is shown to score more than the second
     */
    static Set<String> of(List<Row> rows, BiPredicate<Row, Row> isHigher) {
        var measured = rows.stream()
                .filter(row ->
                        row.mean().count() > 0 && Double.isFinite(row.bytes().perToken()))
                .toList();
        var front = new TreeSet<String>();
        for (var row : measured) {
            if ((row.isFull() || !row.isControl())
                    && measured.stream().noneMatch(other -> dominates(other, row, isHigher))) {
                front.add(row.method());
            }
        }
        return front;
    }

    private static boolean dominates(Row other, Row row, BiPredicate<Row, Row> isHigher) {
        if (other.method().equals(row.method()) || !storesNoMore(other, row)) {
            return false;
        }
        boolean losesTie = (other.isFull() || !other.isControl())
                && storesNoMore(row, other)
                && row.mean().mean() > other.mean().mean();
        return !losesTie && !isHigher.test(row, other);
    }

    private static boolean storesNoMore(Row one, Row other) {
        return one.bytes().perToken() <= other.bytes().perToken() * ABOUT_THE_SAME;
    }
}

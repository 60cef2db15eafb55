package io.hayloft.report.stats;

import io.hayloft.report.stats.SummaryTable.Cell;
import java.util.Locale;

/** Numbers as the summary and its texts show them. */
public final class Digits {
    private Digits() {}

    /** A number with this many decimals and a point; a dash for none. */
    public static String fixed(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A score: two decimals. */
    public static String score(double value) {
        return fixed(value, 2);
    }

    /**
     * The score of one category: how many of how many are right, as a standard error of five right of five would be zero;
     * mean and standard error of graded scores; a dash for none.
     */
    public static String score(Cell cell) {
        if (cell.right() >= 0) {
            return cell.right() + "/" + cell.count();
        }
        int decimals = cell.error() < 0.005 ? 3 : 2;
        return cell.error() > 1e-6
                ? fixed(cell.mean(), decimals) + " ±" + fixed(cell.error(), decimals)
                : score(cell.mean());
    }

    /** A mean with its 95 % interval, where it has one. */
    public static String mean(Cell cell) {
        var interval = cell.interval();
        return interval.exists()
                ? score(cell.mean()) + " [" + score(interval.low()) + ", " + score(interval.high()) + "]"
                : score(cell.mean());
    }

    /** A difference of scores: two decimals and its sign. */
    public static String difference(double value) {
        return String.format(Locale.ROOT, "%+.2f", value);
    }
}

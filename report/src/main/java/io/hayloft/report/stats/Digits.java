package io.hayloft.report.stats;

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

    /** A difference of scores: two decimals and its sign. */
    public static String difference(double value) {
        return String.format(Locale.ROOT, "%+.2f", value);
    }
}

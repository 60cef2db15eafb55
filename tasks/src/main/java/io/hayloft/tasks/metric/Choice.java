package io.hayloft.tasks.metric;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Multiple choice as LongBench v2 scores it: which letter a reply names, and the table of a model's replies. */
public final class Choice {
    /** The letters of the choices. */
    public static final String LETTERS = "ABCD";

    /** In the order in which they are tried; nothing has to follow the letter. */
    private static final List<Pattern> FORMS = List.of(
            Pattern.compile("The correct answer is \\(([A-D])\\)"), Pattern.compile("The correct answer is ([A-D])"));

    /** The columns of {@link #table}. */
    public static final List<String> COLUMNS = List.of("Overall", "Easy", "Hard", "Short", "Medium", "Long");

    /**
     * A judged reply.
     *
     * @param difficulty {@code easy}; anything else is hard
     * @param length {@code short} or {@code medium}; anything else is long
     * @param points 1 for a right reply, else 0
     */
    public record Row(String difficulty, String length, double points) {}

    private Choice() {}

    /** The letter that a reply names as the correct answer; empty if it names none. */
    public static String letter(String reply) {
        var text = UnicodeText.strip(reply).replace("*", "");
        for (var form : FORMS) {
            var found = form.matcher(text);
            if (found.find()) {
                return found.group(1);
            }
        }
        return "";
    }

    /** Shares of right replies in percent, to one decimal, for each of {@link #COLUMNS}; empty for a group without rows. */
    public static List<OptionalDouble> table(List<Row> rows) {
        var columns = new ArrayList<OptionalDouble>();
        columns.add(share(rows, row -> true));
        columns.add(share(rows, row -> row.difficulty().equals("easy")));
        columns.add(share(rows, row -> !row.difficulty().equals("easy")));
        columns.add(share(rows, row -> row.length().equals("short")));
        columns.add(share(rows, row -> row.length().equals("medium")));
        columns.add(share(
                rows, row -> !row.length().equals("short") && !row.length().equals("medium")));
        return List.copyOf(columns);
    }

    private static OptionalDouble share(List<Row> rows, Predicate<Row> group) {
        double points = 0;
        int count = 0;
        for (var row : rows) {
            if (group.test(row)) {
                points += row.points();
                count++;
            }
        }
        // from the exact binary value, halves to even, as Python rounds
        return count == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(new BigDecimal(100 * points / count)
                        .setScale(1, RoundingMode.HALF_EVEN)
                        .doubleValue());
    }
}

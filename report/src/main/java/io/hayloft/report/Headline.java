package io.hayloft.report;

import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says in two sentences what a run found. */
final class Headline {
    /** A method this close to the full cache may be called as good, if the interval of the difference agrees. */
    private static final double SMALL_LOSS = 0.02;

    /** Where the full cache scores less, nothing can be lost. */
    private static final double USEFUL_SCORE = 0.2;

    /** What counts as strong compression. */
    private static final double STRONG = 3.5;

    private Headline() {}

    static List<String> of(SummaryTable table) {
        var full =
                table.rows().stream().filter(row -> row.method().equals("full")).findFirst();
        if (full.isEmpty()) {
            return List.of("This run has no full-cache row yet, so nothing can be compared.");
        }
        var others = table.rows().stream()
                .filter(row -> !row.method().equals("full") && !isRandom(row))
                .filter(row -> row.mean().count() > 0)
                .toList();
        if (others.isEmpty()) {
            return List.of("The full cache scores " + score(full.get()) + "; no other method has run.");
        }
        if (full.get().mean().mean() < USEFUL_SCORE) {
            return List.of("The full cache itself scores only " + score(full.get())
                    + " here, so this run cannot tell what methods lose: choose tasks that the model can do.");
        }
        var sentences = new ArrayList<String>();
        var lossless = lossless(others);
        if (others.stream().allMatch(row -> Double.isNaN(row.difference().low()))) {
            return List.of("The full cache scores " + score(full.get())
                    + "; one sample a category tells nothing about what methods lose: run more.");
        }
        if (lossless.isPresent()) {
            var row = lossless.get();
            sentences.add(row.method() + " answers as well as the full cache (" + score(row) + " against "
                    + score(full.get()) + ") with " + ratio(row) + " times fewer bytes.");
        } else {
            var row = best(others).orElseThrow();
            sentences.add("No method keeps the full cache's score of " + score(full.get()) + ": " + row.method()
                    + " comes nearest with " + score(row) + " at " + ratio(row) + " times fewer bytes.");
        }
        double least = lossless.map(Row::achievedRatio).orElse(0.0);
        strong(table, others, least).ifPresent(sentences::add);
        return sentences;
    }

    /** The method with the fewest bytes among those that show no loss. */
    private static Optional<Row> lossless(List<Row> others) {
        return others.stream()
                .filter(row -> row.difference().mean() >= -SMALL_LOSS
                        && row.difference().high() >= 0) // false with one sample, which has no interval
                .filter(row -> row.achievedRatio() > 1)
                .max(Comparator.comparingDouble(Row::achievedRatio));
    }

    private static Optional<Row> best(List<Row> rows) {
        return rows.stream().max(Comparator.comparingDouble(row -> row.mean().mean()));
    }

    /** What the best method loses that is smaller than one without loss, and what chance would have kept. */
    private static Optional<String> strong(SummaryTable table, List<Row> others, double lossless) {
        var smaller = others.stream()
                .filter(row -> row.achievedRatio() >= STRONG && row.achievedRatio() > lossless)
                .toList();
        return best(smaller).map(row -> {
            var random = table.rows().stream()
                    .filter(Headline::isRandom)
                    .min(Comparator.comparingDouble(
                            other -> Math.abs(Math.log(other.achievedRatio() / row.achievedRatio()))));
            var compared = random.map(
                            other -> "; tokens kept at random score " + score(other) + " at " + ratio(other) + "x")
                    .orElse("");
            var with = lossless >= STRONG ? "With still fewer bytes" : "With at least " + STRONG + " times fewer";
            return with + " the best is " + row.method() + ": " + score(row) + " at " + ratio(row) + "x" + compared
                    + ".";
        });
    }

    private static boolean isRandom(Row row) {
        return row.method().startsWith("random");
    }

    private static String score(Row row) {
        return Digits.score(row.mean().mean());
    }

    private static String ratio(Row row) {
        return Digits.fixed(row.achievedRatio(), 1);
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Looks for results that point to a defect, too few samples, or a setting that must not be used. */
final class Warnings {
    /** A method that loses this share of a category's score has collapsed there. */
    private static final double COLLAPSE = 0.5;

    /** Categories in which the full cache itself fails say nothing about methods. */
    private static final double USEFUL_SCORE = 0.2;

    /** A sweep may rise by this many standard errors before it counts as out of order. */
    private static final double NOISE = 2;

    /** Achieved and requested ratio may differ by this factor. */
    private static final double RATIO_SLACK = 1.25;

    private Warnings() {}

    static List<String> of(SummaryTable table, List<BenchRecord> records) {
        var warnings = new ArrayList<String>();
        var full = table.rows().stream()
                .filter(row -> row.method().equals(Groups.FULL))
                .findFirst();
        full.ifPresent(row -> {
            belowRandom(table, row, warnings);
            uselessCategories(table, row, warnings);
            collapses(table, row, warnings);
        });
        risingSweeps(table, records, warnings);
        missedRatios(table, warnings);
        shortAnswers(records, warnings);
        fewSamples(table, warnings);
        return List.copyOf(warnings);
    }

    private static void belowRandom(SummaryTable table, Row full, List<String> warnings) {
        for (var row : table.rows()) {
            if (row.method().startsWith("random")
                    && row.mean().mean() > full.mean().mean()) {
                warnings.add(
                        row.method() + " scores " + Digits.score(row.mean().mean()) + ", more than the full cache ("
                                + Digits.score(full.mean().mean()) + "): the run cannot tell methods apart");
            }
        }
    }

    private static void uselessCategories(SummaryTable table, Row full, List<String> warnings) {
        for (int i = 0; i < table.categories().size(); i++) {
            var cell = full.cells().get(i);
            if (cell.count() > 0 && cell.mean() < USEFUL_SCORE) {
                warnings.add(table.categories().get(i) + ": the full cache scores only " + Digits.score(cell.mean())
                        + ", so this model cannot tell what methods lose there");
            }
        }
    }

    /** One line for all, as strong compression loses some category in most runs. */
    private static void collapses(SummaryTable table, Row full, List<String> warnings) {
        var collapsed = new ArrayList<String>();
        for (var row : table.rows()) {
            var lost = new ArrayList<String>();
            for (int i = 0; i < table.categories().size(); i++) {
                var before = full.cells().get(i);
                var cell = row.cells().get(i);
                if (cell.count() > 0 && before.mean() >= USEFUL_SCORE && cell.mean() < before.mean() * COLLAPSE) {
                    lost.add(table.categories().get(i));
                }
            }
            if (!lost.isEmpty() && !row.method().startsWith("random")) {
                collapsed.add(row.method() + " (" + String.join(", ", lost) + ")");
            }
        }
        if (!collapsed.isEmpty()) {
            warnings.add("more than half of the full score is lost by " + String.join("; ", collapsed));
        }
    }

    /** Less cache should not score more. */
    private static void risingSweeps(SummaryTable table, List<BenchRecord> records, List<String> warnings) {
        for (var family : Groups.by(records, BenchRecord::family).values()) {
            var names = Groups.by(family, BenchRecord::method).keySet();
            var sweep = table.rows().stream()
                    .filter(row -> names.contains(row.method()) && row.requestedRatio() >= 1)
                    .sorted(Comparator.comparingDouble(Row::requestedRatio))
                    .toList();
            for (int i = 1; i < sweep.size(); i++) {
                var less = sweep.get(i - 1).mean();
                var more = sweep.get(i).mean();
                double noise = Math.hypot(less.error(), more.error());
                if (more.mean() > less.mean() + NOISE * noise) {
                    warnings.add(sweep.get(i).method() + " scores " + Digits.score(more.mean()) + ", more than "
                            + sweep.get(i - 1).method() + " (" + Digits.score(less.mean())
                            + ") with a larger cache: too few samples, or a defect");
                }
            }
        }
    }

    /** One line for all, as short prompts keep whole families from their ratios. */
    private static void missedRatios(SummaryTable table, List<String> warnings) {
        var missed = table.rows().stream()
                .filter(row -> row.requestedRatio() > 1 && row.achievedRatio() * RATIO_SLACK < row.requestedRatio())
                .map(row -> row.method() + " reached " + Digits.fixed(row.achievedRatio(), 1) + "x of "
                        + Digits.fixed(row.requestedRatio(), 1) + "x")
                .toList();
        if (!missed.isEmpty()) {
            warnings.add("less compression than asked for, as prompts are short or extra data weighs: "
                    + String.join("; ", missed));
        }
    }

    /** Where answers end with the tokens that the exact prompt chose, compression has changed nothing yet. */
    private static void shortAnswers(List<BenchRecord> records, List<String> warnings) {
        Groups.by(records, BenchRecord::category).forEach((category, all) -> {
            var compressed = all.stream()
                    .filter(record -> !record.method().equals(Groups.FULL))
                    .toList();
            long untouched = compressed.stream()
                    .filter(record -> record.freeTokens() > 0 && record.freeTokens() >= record.generatedTokens())
                    .count();
            if (2 * untouched > compressed.size()) {
                warnings.add(
                        category + ": most answers are so short that all their tokens are chosen before compression"
                                + " matters, so it tells little: see --protocol question-agnostic");
            }
        });
    }

    private static void fewSamples(SummaryTable table, List<String> warnings) {
        int fewest = table.rows().stream()
                .flatMap(row -> row.cells().stream())
                .mapToInt(SummaryTable.Cell::count)
                .filter(count -> count > 0)
                .min()
                .orElse(0);
        if (fewest > 0 && fewest < 5) {
            warnings.add("a category has only " + fewest + (fewest == 1 ? " sample" : " samples")
                    + ": differences between methods are mostly chance, raise --samples");
        }
    }
}

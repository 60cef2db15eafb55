package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for results that point to a defect, too few samples, or a setting that must not be used. */
public final class Warnings {
    /** A method that loses this share of a category's score has collapsed there. */
    private static final double COLLAPSE = 0.5;

    /** Categories in which the full cache itself fails say nothing about methods. */
    private static final double USEFUL_SCORE = 0.2;

    /** Categories with fewer samples show little but chance. */
    private static final int FEW_SAMPLES = 10;

    /** Achieved and requested ratio may differ by this factor. */
    private static final double RATIO_SLACK = 1.25;

    /** The share of the requested ratio that a single prompt has to reach. */
    private static final double LEAST_REACHED = 0.9;

    private static final String LESS_COMPRESSION =
            "less compression than asked for, as prompts are short or extra data weighs: ";

    /** Mean lengths of answers may differ by this factor. */
    private static final double LENGTH_SLACK = 1.1;

    private Warnings() {}

    /** One line for each result that should not be trusted without a second look. */
    public static List<String> of(Findings findings, List<BenchRecord> records) {
        var table = findings.table();
        var warnings = new ArrayList<String>();
        findings.full().ifPresent(row -> {
            belowRandom(table, row, warnings);
            uselessCategories(table, row, warnings);
            collapses(table, row, warnings);
        });
        risingSweeps(findings, records, warnings);
        missedRatios(table, warnings);
        lengthDrift(findings, warnings);
        shortAnswers(records, warnings);
        otherTokens(records, warnings);
        fewSamples(findings, warnings);
        return List.copyOf(warnings);
    }

    private static void belowRandom(SummaryTable table, Row full, List<String> warnings) {
        for (var row : table.rows()) {
            if (row.isRandom() && row.mean().mean() > full.mean().mean()) {
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
            if (!lost.isEmpty() && !row.isControl()) {
                collapsed.add(row.method() + " (" + String.join(", ", lost) + ")");
            }
        }
        if (!collapsed.isEmpty()) {
            warnings.add("more than half of the full score is lost by " + String.join("; ", collapsed));
        }
    }

    /** Less cache should not score more. */
    private static void risingSweeps(Findings findings, List<BenchRecord> records, List<String> warnings) {
        for (var family : Groups.by(records, BenchRecord::family).values()) {
            var names = Groups.by(family, BenchRecord::method).keySet();
            var sweep = findings.table().rows().stream()
                    .filter(row -> names.contains(row.method()) && row.bytes().requestedRatio() >= 1)
                    .sorted(Comparator.comparingDouble(row -> row.bytes().requestedRatio()))
                    .toList();
            for (int i = 1; i < sweep.size(); i++) {
                var less = sweep.get(i - 1);
                var more = sweep.get(i);
                var pairs = findings.pairs(more.method(), less.method());
                if (pairs.isHigher() && pairs.isTwoErrorsHigher()) {
                    warnings.add(more.method() + " scores "
                            + Digits.score(more.mean().mean()) + ", more than "
                            + less.method() + " (" + Digits.score(less.mean().mean())
                            + ") with a larger cache: too few samples, or a defect");
                }
            }
        }
    }

    /** One line for all, as short prompts keep whole families from their ratios. */
    private static void missedRatios(SummaryTable table, List<String> warnings) {
        var missed = table.rows().stream()
                .filter(row -> row.bytes().requestedRatio() > 1
                        && row.bytes().achievedRatio() * RATIO_SLACK
                                < row.bytes().requestedRatio())
                .map(row -> reached(
                        row.method(), row.bytes().achievedRatio(), row.bytes().requestedRatio()))
                .toList();
        if (!missed.isEmpty()) {
            warnings.add(LESS_COMPRESSION + String.join("; ", missed));
        }
    }

    /**
     * The warning that a single prompt was compressed to less than 90 % of the ratio that was asked for; empty if it was
     * not, or none was asked for.
     *
     * @param achieved bytes of a full cache over those that are stored
     * @param asked the ratio that the method was asked for; NaN or 1 if none
     */
    public static Optional<String> missedRatio(String method, double achieved, double asked) {
        return asked > 1 && achieved < LEAST_REACHED * asked
                ? Optional.of(LESS_COMPRESSION + reached(method, achieved, asked))
                : Optional.empty();
    }

    private static String reached(String method, double achieved, double asked) {
        return method + " reached " + Digits.fixed(achieved, 1) + "x of " + Digits.fixed(asked, 1) + "x";
    }

    /** One line for all settings whose answers are not as long as the full cache's. */
    private static void lengthDrift(Findings findings, List<String> warnings) {
        var drifts = new ArrayList<String>();
        for (var setting : findings.settings()) {
            var method = setting.row().method();
            var drift = findings.lengths(method);
            boolean large = drift.ratio() > LENGTH_SLACK || drift.ratio() < 1 / LENGTH_SLACK;
            if (large && drift.isShown()) {
                drifts.add(method + " " + Digits.score(drift.ratio()) + " times ["
                        + Digits.score(drift.interval().low()) + ", "
                        + Digits.score(drift.interval().high()) + "]");
            }
        }
        if (!drifts.isEmpty()) {
            warnings.add("answers are not as long as the full cache's, so compression changes where the model stops: "
                    + String.join("; ", drifts));
        }
    }

    /** Where answers end with the tokens that the exact prompt chose, compression has changed nothing yet. */
    private static void shortAnswers(List<BenchRecord> records, List<String> warnings) {
        Groups.by(records, BenchRecord::category).forEach((category, all) -> {
            var compressed = all.stream()
                    .filter(record -> !record.method().equals(Groups.FULL) && record.isMeasured())
                    .toList();
            long untouched = compressed.stream()
                    .filter(record -> record.freeTokens() > 0 && record.freeTokens() >= record.generatedTokens())
                    .count();
            if (2 * untouched > compressed.size()) {
                warnings.add(
                        category + ": most answers are so short that all their tokens are chosen before compression"
                                + " matters, so it shows little: see --protocol question-agnostic");
            }
        });
    }

    /** A server that counts other prompt tokens than the full cache read has another tokenizer or chat format. */
    private static void otherTokens(List<BenchRecord> records, List<String> warnings) {
        var lengths = new HashMap<String, Integer>();
        records.stream()
                .filter(record -> record.method().equals(Groups.FULL))
                .forEach(record -> lengths.put(Groups.pair(record), record.promptTokens()));
        var servers = records.stream()
                .filter(record -> !record.isMeasured() && lengths.containsKey(Groups.pair(record)))
                .toList();
        Groups.by(servers, BenchRecord::method).forEach((label, own) -> {
            var other = own.stream()
                    .filter(record -> record.promptTokens() != length(lengths, record))
                    .toList();
            if (!other.isEmpty()) {
                var first = other.getFirst();
                warnings.add(label + " counts other tokens than full in " + other.size() + " of " + own.size()
                        + " prompts, such as " + first.promptTokens() + " instead of " + length(lengths, first)
                        + ": its tokenizer or chat format is another");
            }
        });
    }

    private static int length(Map<String, Integer> lengths, BenchRecord record) {
        return lengths.getOrDefault(Groups.pair(record), 0);
    }

    private static void fewSamples(Findings findings, List<String> warnings) {
        int fewest = findings.table().rows().stream()
                .flatMap(row -> row.cells().stream())
                .mapToInt(SummaryTable.Cell::count)
                .filter(count -> count > 0)
                .min()
                .orElse(0);
        if (fewest > 0 && fewest < FEW_SAMPLES) {
            warnings.add("a category has only " + fewest + (fewest == 1 ? " sample" : " samples") + ": "
                    + unseen(findings) + ": raise --samples");
        }
    }

    /** Says which losses so few samples cannot show: a score has 100 points, so some runs cannot find any loss. */
    private static String unseen(Findings findings) {
        var losses = findings.settings().stream()
                .mapToDouble(setting -> setting.loss().detectable())
                .filter(loss -> !Double.isNaN(loss))
                .toArray();
        var found = Arrays.stream(losses).filter(Double::isFinite).max();
        if (losses.length > 0 && found.isEmpty()) {
            return "so few samples cannot show any loss, however large";
        }
        long none = Arrays.stream(losses).filter(Double::isInfinite).count();
        return "differences between methods are mostly chance"
                + (found.isPresent()
                        ? ", losses below " + Digits.fixed(100 * found.getAsDouble(), 0) + " points pass unseen"
                        : "")
                + (none > 0 ? "; for " + none + " of " + losses.length + " settings no loss can be detected" : "");
    }
}

package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Findings.Finding;
import io.hayloft.report.stats.NonInferiority;
import io.hayloft.report.stats.NonInferiority.Verdict;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says in a few sentences what a run found: the first of the report and of the terminal. It says that a setting keeps the
 * full cache's score only where {@link NonInferiority} shows it, and names no setting that is not shown to beat random.
 */
public final class Headline {
    /** Where the full cache scores less, nothing can be lost. */
    private static final double USEFUL_SCORE = 0.2;

    /** Ratio from which compression counts as strong. */
    private static final double STRONG = 3.5;

    private final Row full;
    private final List<Finding> settings;
    private final List<Finding> smaller;

    private Headline(Findings findings, Row full) {
        this.full = full;
        settings = findings.settings();
        smaller = settings.stream()
                .filter(setting -> setting.row().bytes().achievedRatio() > 1)
                .toList();
    }

    /** The sentences; at least one. */
    public static List<String> of(Findings findings) {
        var sentences = new ArrayList<String>(findings.full()
                .map(full -> new Headline(findings, full).sentences())
                .orElse(List.of("This run has no full-cache row yet, so nothing can be compared.")));
        findings.table().rows().stream()
                .filter(Row::isOfServer)
                .map(Headline::server)
                .forEach(sentences::add);
        return sentences;
    }

    /** A server is another program: how far it is from the full cache is said, not why. */
    private static String server(Row row) {
        var sentence = "The server " + row.method() + " scores " + score(row) + " in "
                + Sizes.count(row.mean().count(), "sample");
        var difference = row.difference();
        if (difference.pairs() == 0) {
            return sentence + ".";
        }
        var interval = difference.interval();
        return sentence + ", " + Digits.difference(difference.mean()) + " against the full cache on the same samples"
                + (interval.exists()
                        ? " (95 % interval " + Digits.difference(interval.low()) + " to "
                                + Digits.difference(interval.high()) + ")."
                        : ".");
    }

    private List<String> sentences() {
        if (settings.isEmpty()) {
            return List.of("The full cache scores " + score(full) + "; no other method has run.");
        }
        if (full.mean().mean() < USEFUL_SCORE) {
            return List.of("The full cache itself scores only " + score(full)
                    + " here, so this run cannot tell what methods lose: choose tasks that the model can do.");
        }
        if (smaller.isEmpty()) {
            return List.of("The full cache scores " + score(full) + "; no setting of this run stores fewer bytes.");
        }
        if (smaller.stream().allMatch(setting -> Double.isNaN(setting.loss().lower()))) {
            return List.of("This run cannot tell what methods lose: the full cache scores " + score(full)
                    + ", but a category with one sample allows no interval. Raise --samples.");
        }
        var kept = smaller.stream()
                .filter(setting -> setting.beatsRandom() && setting.loss().verdict() == Verdict.KEEPS)
                .max(Comparator.comparingDouble(setting -> setting.row().bytes().achievedRatio()));
        var nearest = smaller.stream()
                .filter(setting -> setting.beatsRandom() && setting.loss().needed() > 0)
                .max(Comparator.comparingDouble(setting -> setting.loss().lower()));
        var sentences = new ArrayList<String>();
        if (kept.isPresent()) {
            sentences.add(keeps(kept.get()));
        } else if (smaller.stream().anyMatch(setting -> setting.loss().verdict() == Verdict.KEEPS)) {
            sentences.add("These tasks cannot tell methods apart: a setting keeps the full cache's score of "
                    + score(full) + " to within 1 point, but is not shown to score more than tokens kept at random.");
        } else {
            sentences.addAll(nearest.map(this::nearest).orElseGet(this::noneNamed));
        }
        losers().ifPresent(sentences::add);
        if (nearest.isPresent()) {
            strong(kept.or(() -> nearest).get()).ifPresent(sentences::add);
        }
        return sentences;
    }

    private String keeps(Finding setting) {
        return setting.row().method() + " keeps the full cache's score with " + ratio(setting.row())
                + " times fewer bytes: "
                + score(setting.row()) + " against " + score(full) + " in " + samples(setting)
                + ", with 95 % confidence a"
                + " loss of at most " + points(Math.max(0, -setting.loss().lower())) + corrected() + ".";
    }

    /** Sentences about the setting that comes nearest to the claim without reaching it. */
    private List<String> nearest(Finding setting) {
        var loss = setting.loss();
        var name = setting.row().method();
        var found = score(setting.row()) + " in " + samples(setting) + " with " + ratio(setting.row())
                + " times fewer bytes";
        if (allLose()) {
            return List.of(noneKeeps(), name + " comes nearest: " + found + ".");
        }
        if (loss.needed() <= setting.row().difference().pairs()) {
            return List.of(
                    "This run cannot tell whether a setting keeps the full cache's score of " + score(full)
                            + " to within 1 point: the loss of " + name + ", which comes nearest, is too near 1 point.",
                    name + " scores " + found + " and with 95 % confidence "
                            + (loss.upper() < 0
                                    ? "loses between " + Digits.fixed(-100 * loss.upper(), 1) + " and "
                                            + points(-loss.lower())
                                    : "may lose up to " + points(-loss.lower()))
                            + corrected() + ".");
        }
        return List.of(
                cannotTell(loss.needed(), setting.row().difference().pairs()),
                name + " comes nearest: " + found + ", but with 95 % confidence it may lose up to "
                        + points(-loss.lower()) + corrected() + ".");
    }

    /** Where no setting beats random, none is named. */
    private List<String> noneNamed() {
        long needed = smaller.stream()
                .mapToLong(setting -> setting.loss().needed())
                .filter(samples -> samples > 0)
                .min()
                .orElse(0);
        int samples = full.mean().count();
        var first = allLose()
                ? noneKeeps()
                : needed > samples
                        ? cannotTell(needed, samples)
                        : "This run does not show that any setting keeps the full cache's score of " + score(full)
                                + " to within 1 point.";
        return List.of(first, "No setting is shown to score more than tokens kept at random.");
    }

    private boolean allLose() {
        return smaller.stream().allMatch(setting -> setting.loss().verdict() == Verdict.LOSES);
    }

    private String noneKeeps() {
        return "No setting keeps the full cache's score of " + score(full)
                + ": each loses more than 1 point with 95 % confidence.";
    }

    private String cannotTell(long needed, int samples) {
        return "This run cannot tell whether a setting keeps the full cache's score of " + score(full)
                + " to within 1 point: it would need about " + round(needed)
                + " samples and has "
                + whole(samples) + ".";
    }

    /** The settings whose loss is certain, where others are open. */
    private Optional<String> losers() {
        var losers = smaller.stream()
                .filter(setting -> setting.loss().verdict() == Verdict.LOSES)
                .toList();
        if (losers.size() == smaller.size()) {
            return Optional.empty();
        }
        return losers.stream()
                .max(Comparator.comparingDouble(
                        setting -> setting.row().difference().mean()))
                .map(best -> {
                    var who = losers.size() + " of " + smaller.size() + " settings "
                            + (losers.size() == 1 ? "certainly loses" : "certainly lose") + " more than 1 point; ";
                    return who + "the smallest of these losses is "
                            + points(-best.row().difference().mean()) + ", with "
                            + best.row().method() + " at " + ratio(best.row()) + " times fewer bytes.";
                });
    }

    /** The best score among strong compression that beats chance, unless it has been named. */
    private Optional<String> strong(Finding named) {
        double least = named.row().bytes().achievedRatio();
        var strong = smaller.stream()
                .filter(setting -> setting.row().bytes().achievedRatio() >= STRONG
                        && setting.row().bytes().achievedRatio() > least)
                .toList();
        if (strong.isEmpty()) {
            return Optional.empty();
        }
        var with = least >= STRONG ? "With still fewer bytes " : "With at least " + STRONG + " times fewer bytes ";
        return Optional.of(strong.stream()
                .filter(Finding::beatsRandom)
                .max(Comparator.comparingDouble(setting -> setting.row().mean().mean()))
                .map(setting -> with + setting.row().method() + " scores most: " + score(setting.row()) + " at "
                        + ratio(setting.row()) + "x" + chance(setting) + ".")
                .orElse(with + "no setting is shown to score more than tokens kept at random."));
    }

    private static String chance(Finding setting) {
        var random = setting.random();
        return random == null ? "" : "; tokens kept at random score " + score(random) + " at " + ratio(random) + "x";
    }

    /** Says why the bound is wider than the interval of the table. */
    private String corrected() {
        return settings.size() == 1 ? "" : " (corrected for choosing among " + settings.size() + " settings)";
    }

    private static String samples(Finding setting) {
        return whole(setting.row().difference().pairs()) + " samples";
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A number of samples to two digits, upwards: it is an estimate. */
    private static String round(long samples) {
        long unit = 1;
        while (samples / unit >= 100) {
            unit *= 10;
        }
        return whole((samples + unit - 1) / unit * unit);
    }

    private static String points(double score) {
        var number = Digits.fixed(100 * score, 1);
        return number + (number.equals("1.0") ? " point" : " points");
    }

    private static String score(Row row) {
        return Digits.score(row.mean().mean());
    }

    private static String ratio(Row row) {
        return Digits.fixed(row.bytes().achievedRatio(), 1);
    }
}

package io.hayloft.report.stats;

import io.hayloft.base.Sizes;
import io.hayloft.report.stats.Comparison.Absent;
import io.hayloft.report.stats.Comparison.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a candidate may replace a baseline: method by method, by score, bytes and time. Of the decisions that a
 * method loses too much, fewer than 5 % of comparisons of equal runs hold one, however many methods there are.
 *
 * @param lines one for each method of the baseline but the random controls
 */
public record Gate(List<Line> lines) {
    /** From this many samples on a loss of three times the limit is enough, if it is not due to chance. */
    private static final int MANY = 100;

    private static final int CLEARLY = 3;

    private static final double ROUNDING = 1e-9;

    /** The outcome of a check, the worst last. */
    public enum Outcome {
        /** It is shown to stay within its limit. */
        PASSES,
        /** There are too few samples to say. */
        CANNOT_TELL,
        /** It is shown to exceed its limit. */
        FAILS;

        /** The words for people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * The limits.
     *
     * @param drop largest loss of the score, 0.01 for one point
     * @param bytes most stored bytes over those of the baseline, 1.05 for +5 %; null for no limit
     * @param time most time over that of the baseline; null for no limit
     */
    public record Limits(
            double drop, @Nullable Double bytes, @Nullable Double time) {}

    /**
     * One check of one method.
     *
     * @param what {@code score}, {@code bytes}, {@code time} or {@code answers}
     * @param outcome its outcome
     * @param found what was found, for people
     */
    public record Check(String what, Outcome outcome, String found) {}

    /**
     * One method.
     *
     * @param method its expression
     * @param checks score first
     */
    public record Line(String method, List<Check> checks) {
        /** Copies the list. */
        public Line {
            checks = List.copyOf(checks);
        }

        /** The worst outcome of its checks. */
        public Outcome outcome() {
            return checks.stream()
                    .map(Check::outcome)
                    .max(Comparator.naturalOrder())
                    .orElse(Outcome.CANNOT_TELL);
        }
    }

    /** Copies the list. */
    public Gate {
        lines = List.copyOf(lines);
    }

    /** Decides. */
    public static Gate of(Comparison comparison, Limits limits) {
        var rows = comparison.rows().stream()
                .filter(row -> !isRandom(row.method()))
                .toList();
        var losses = NonInferiority.holm(
                rows.stream().map(row -> loseP(row, limits.drop())).toList());
        var lines = new ArrayList<Line>();
        for (int i = 0; i < rows.size(); i++) {
            var checks = new ArrayList<Check>();
            checks.add(score(rows.get(i), limits.drop(), losses.get(i).rejected()));
            if (limits.bytes() != null) {
                checks.add(bytes(rows.get(i), limits.bytes()));
            }
            if (limits.time() != null) {
                checks.add(time(rows.get(i), limits.time()));
            }
            answers(rows.get(i).absent()).ifPresent(checks::add);
            lines.add(new Line(rows.get(i).method(), checks));
        }
        comparison
                .nothingCommon()
                .forEach(method -> unknown(method, "has no sample in common").ifPresent(lines::add));
        comparison.allFailed().stream().filter(method -> !isRandom(method)).forEach(method -> {
            var failed = new Check("answers", Outcome.FAILS, "every sample failed in the candidate");
            lines.add(new Line(method, List.of(failed)));
        });
        comparison
                .onlyBaseline()
                .forEach(method ->
                        unknown(method, "has not run in the candidate").ifPresent(lines::add));
        return new Gate(lines);
    }

    /** Random choices differ from run to run of other seeds: they are not candidates. */
    private static boolean isRandom(String method) {
        return method.split("[:+, ]", 2)[0].equals("random");
    }

    private static Optional<Line> unknown(String method, String why) {
        return isRandom(method)
                ? Optional.empty()
                : Optional.of(new Line(method, List.of(new Check("score", Outcome.CANNOT_TELL, why))));
    }

    /** Samples that fail where the baseline answers are a loss that no difference shows. */
    private static Optional<Check> answers(Absent absent) {
        return absent.failed() == 0
                ? Optional.empty()
                : Optional.of(new Check(
                        "answers",
                        Outcome.FAILS,
                        Sizes.count(absent.failed(), "sample") + " of the baseline failed: " + absent.error()));
    }

    /**
     * p value of the hypothesis that a method does not lose too much: that it loses the limit at most; where the loss that was
     * found is three times that among many samples, that it loses nothing.
     */
    private static double loseP(Row row, double drop) {
        double p = row.values().belowP(-drop);
        boolean clear = row.difference().pairs() >= MANY && row.difference().mean() <= -CLEARLY * drop + ROUNDING;
        return clear ? Math.min(p, row.values().belowP(0)) : p;
    }

    private static Check score(Row row, double drop, boolean loses) {
        boolean keeps = row.values().aboveP(-drop) < NonInferiority.LEVEL;
        var difference = row.difference();
        var found = String.format(
                Locale.ROOT,
                "score %s, was %s: %+.1f points",
                Digits.score(row.candidate().mean()),
                Digits.score(row.baseline().mean()),
                100 * difference.mean());
        if (difference.interval().exists()) {
            found += String.format(
                    Locale.ROOT,
                    " [%+.1f, %+.1f]",
                    100 * difference.interval().low(),
                    100 * difference.interval().high());
        }
        found += " in " + difference.pairs() + (difference.pairs() == 1 ? " sample" : " samples");
        var outcome = loses ? Outcome.FAILS : keeps ? Outcome.PASSES : Outcome.CANNOT_TELL;
        long needed = row.values().needed(drop);
        if (outcome == Outcome.CANNOT_TELL && needed > difference.pairs()) {
            found += String.format(Locale.ROOT, "; about %,d would tell", needed);
        }
        return new Check("score", outcome, found);
    }

    private static Check bytes(Row row, double most) {
        var outcome = Double.isNaN(row.bytes())
                ? Outcome.CANNOT_TELL
                : row.bytes() <= most + 1e-9 ? Outcome.PASSES : Outcome.FAILS;
        return new Check("bytes", outcome, "stored bytes " + percent(row.bytes()));
    }

    private static Check time(Row row, double most) {
        var interval = row.time().interval();
        var outcome = !interval.exists()
                ? Outcome.CANNOT_TELL
                : interval.low() > most
                        ? Outcome.FAILS
                        : interval.high() <= most ? Outcome.PASSES : Outcome.CANNOT_TELL;
        var found = "time for a sample " + percent(row.time().median())
                + (interval.exists() ? " [" + percent(interval.low()) + ", " + percent(interval.high()) + "]" : "");
        return row.time().sameMachine()
                ? new Check("time", outcome, found)
                : new Check("time", Outcome.CANNOT_TELL, found + " on other machines");
    }

    private static String percent(double ratio) {
        return Double.isNaN(ratio) ? "unknown" : String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1));
    }

    /** The worst outcome of all methods. */
    public Outcome outcome() {
        return lines.stream().map(Line::outcome).max(Comparator.naturalOrder()).orElse(Outcome.CANNOT_TELL);
    }
}

package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.bench.tune.Footprint;
import io.hayloft.bench.tune.TuneGoal;
import io.hayloft.bench.tune.TuneResult;
import io.hayloft.bench.tune.TuneResult.Standing;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.HeldOutCheck;
import io.hayloft.report.stats.NonInferiority.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The recommendation of tuning, how sure it is, and those at other budgets. */
public final class Recommendation {
    private final TuneResult result;
    private final @Nullable HeldOutCheck check;
    private final List<Standing> frontier;

    private Recommendation(TuneResult result) {
        this.result = result;
        var run = result.check();
        var winner = result.recommended().method();
        this.check = run == null
                ? null
                : HeldOutCheck.of(run.records(), winner, result.goal().margin());
        this.frontier = frontier(result.standings());
    }

    /** The recommendation of a search. */
    public static Recommendation of(TuneResult result) {
        return new Recommendation(result);
    }

    /** The expression of the recommended setting. */
    public String method() {
        return result.recommended().method();
    }

    /** The check on samples that did not choose it; null where the full cache itself is recommended. */
    public @Nullable HeldOutCheck check() {
        return check;
    }

    /**
     * The best setting for each smaller budget, by falling bytes: each scores less than those that store more. Scores are
     * the full cache's on all samples of the search plus the difference to it on the samples that a setting ran on, as the
     * search drops settings early.
     */
    public List<Standing> frontier() {
        return frontier;
    }

    private static List<Standing> frontier(List<Standing> standings) {
        var best = new ArrayList<Standing>();
        var byBytes = standings.stream()
                .sorted(Comparator.<Standing>comparingDouble(
                                one -> one.footprint().bytes())
                        .thenComparingDouble(one -> -drop(one)))
                .toList();
        double score = Double.NEGATIVE_INFINITY;
        for (var one : byBytes) {
            if (drop(one) > score) {
                score = drop(one);
                best.add(one);
            }
        }
        return best.reversed();
    }

    /** Difference to the full cache on the same samples. */
    private static double drop(Standing one) {
        return one.score() - one.fullScore();
    }

    /** The recommendation in a few sentences, the first of which names it. */
    public List<String> sentences() {
        var sentences = new ArrayList<String>();
        var setting = result.recommended();
        sentences.add(
                "Recommended: " + setting.method() + ", for " + result.goal().text() + ". It stores "
                        + bytes(setting) + " (" + Digits.fixed(result.full().bytes() / setting.bytes(), 1)
                        + " times fewer than the full cache's " + bytes(result.full()) + ").");
        sentences.add(
                check == null
                        ? "The full cache fits, and nothing that fits scores more, or as much with fewer bytes."
                        : confidence(check));
        if (check != null && !check.beatsRandom()) {
            sentences.add("It is not shown to score more than tokens kept at random: these tasks may be too easy to"
                    + " tell methods apart.");
        }
        result.standings().stream()
                .filter(one -> !one.footprint().method().equals(method()))
                .findFirst()
                .ifPresent(next ->
                        sentences.add("Next in the search: " + next.footprint().method() + ", "
                                + Digits.score(next.score()) + " in " + Sizes.count(next.samples(), "sample") + " with "
                                + bytes(next.footprint()) + "; the recommended one scored "
                                + Digits.score(result.standings().getFirst().score()) + " in "
                                + Sizes.count(result.standings().getFirst().samples(), "sample") + "."));
        sentences.add(saved());
        return sentences;
    }

    private String confidence(HeldOutCheck held) {
        int pairs = held.difference().pairs();
        var interval = held.difference().interval();
        var found = "On " + Sizes.count(pairs, "sample") + " that chose nothing it scores "
                + Digits.score(held.setting().mean()) + " against "
                + Digits.score(held.full().mean())
                + " of the full cache, a difference of "
                + Digits.difference(held.difference().mean())
                + (interval.exists()
                        ? " (95 % interval " + Digits.difference(interval.low()) + " to "
                                + Digits.difference(interval.high()) + "): "
                        : ": ");
        var margin = points(held.margin());
        return found
                + switch (held.loss().verdict()) {
                    case KEEPS -> "it loses less than " + margin + ", with 95 % confidence.";
                    case LOSES ->
                        "it loses more than " + margin + ", with 95 % confidence"
                                + (result.goal() instanceof TuneGoal.MaxDrop
                                        ? ": the search was lucky. Give more --samples."
                                        : ".");
                    case OPEN ->
                        "too few samples to tell whether it loses less than " + margin
                                + (held.loss().needed() > 0
                                        ? "; about " + rounded(held.loss().needed()) + " would."
                                        : ".");
                };
    }

    private String saved() {
        var work = result.work();
        return String.format(
                Locale.ROOT,
                "%,d tokens were decoded in %s, the final check included: %.0f %% fewer than the %,d of an exhaustive"
                        + " search.",
                work.decodedTokens(),
                Sizes.count(result.rounds().size(), "round"),
                100 * work.saved(),
                work.exhaustiveTokens());
    }

    /** Whether the final check supports the goal, in one word: {@code keeps}, {@code loses} or {@code open}. */
    public String verdict() {
        return check == null
                ? "keeps"
                : check.loss().verdict() == Verdict.OPEN
                        ? "open"
                        : check.loss().verdict().name().toLowerCase(Locale.ROOT);
    }

    private static String bytes(Footprint setting) {
        return Sizes.bytes(Math.round(setting.bytes())) + ", "
                + String.format(Locale.ROOT, "%,.0f bytes a token", setting.perToken());
    }

    private static String points(double margin) {
        var number = Digits.fixed(100 * margin, 1);
        return number + (number.equals("1.0") ? " point" : " points");
    }

    /** To two digits, upwards: it is an estimate. */
    private static String rounded(long samples) {
        long unit = 1;
        while (samples / unit >= 100) {
            unit *= 10;
        }
        return String.format(Locale.ROOT, "%,d", (samples + unit - 1) / unit * unit);
    }
}

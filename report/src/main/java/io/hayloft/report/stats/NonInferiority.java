package io.hayloft.report.stats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides for each of several settings whether it keeps the full cache's score: whether its loss is certainly below a
 * margin. That no loss was found is no evidence for that; few samples find none. As the best of many settings is the one
 * that was luckiest, too, the level is shared among them, so that all claims of a run together are wrong in at most 5 % of
 * runs.
 */
public final class NonInferiority {
    /** The loss that still counts as keeping the score: one point of a hundred. */
    public static final double MARGIN = 0.01;

    /** Level of all claims of a run together. */
    static final double LEVEL = 0.05;

    /** The share of runs in which a setting that loses nothing should be found to do so. */
    private static final double POWER = 0.8;

    private NonInferiority() {}

    /** Conclusion about one setting. */
    public enum Verdict {
        /** It certainly loses less than the margin. */
        KEEPS,
        /** It certainly loses more than the margin. */
        LOSES,
        /** The run has too few samples to say, or the loss is near the margin. */
        OPEN
    }

    /**
     * The result of one setting.
     *
     * @param verdict what can be claimed
     * @param lower lower end of the one-sided 95 % interval of the difference to the full cache, at this setting's share of
     *     the level; NaN without an interval
     * @param upper upper end, likewise
     * @param needed samples that would show in 80 % of runs that a setting loses less than the margin if it loses nothing
     *     and its results differ from the full cache's as often as here; 0 without an interval
     * @param detectable smallest loss that a run of this size finds in 80 % of cases; NaN without an interval, infinite if
     *     it would be more than the highest score, which is 1
     */
    public record Result(Verdict verdict, double lower, double upper, long needed, double detectable) {}

    /**
     * Results of settings in the order given.
     *
     * @param settings for each its differences in score to the full cache, paired by sample
     */
    static List<Result> of(List<Strata> settings) {
        return of(settings, MARGIN);
    }

    /** The same with another margin than one point. */
    static List<Result> of(List<Strata> settings, double margin) {
        var losses = settings.stream().map(Strata::negated).toList();
        var keeps =
                holm(settings.stream().map(values -> pValue(values, -margin)).toList());
        var loses = holm(losses.stream().map(values -> pValue(values, margin)).toList());
        var results = new ArrayList<Result>();
        for (int i = 0; i < settings.size(); i++) {
            var verdict =
                    keeps.get(i).rejected() ? Verdict.KEEPS : loses.get(i).rejected() ? Verdict.LOSES : Verdict.OPEN;
            var levels = new Levels(keeps.get(i).level(), loses.get(i).level());
            results.add(result(settings.get(i), verdict, levels, margin));
        }
        return results;
    }

    /** Tests of the hypotheses that settings lose the margin or more; a setting whose test rejects it keeps the score. */
    static List<Tested> keeps(List<Strata> settings) {
        return holm(settings.stream().map(values -> pValue(values, -MARGIN)).toList());
    }

    /** Levels at which a setting's two hypotheses were tested. */
    private record Levels(double keeps, double loses) {}

    private static Result result(Strata values, Verdict verdict, Levels levels, double margin) {
        if (!values.hasInterval()) {
            return new Result(verdict, Double.NaN, Double.NaN, 0, Double.NaN);
        }
        double z = Normal.quantile(1 - levels.keeps());
        return new Result(
                verdict,
                new ScoreTest(values, -1, true).lower(z),
                -new ScoreTest(values.negated(), -1, true).lower(Normal.quantile(1 - levels.loses())),
                needed(values.error() * values.error() * values.count(), z, margin),
                detectable(values.error() * values.error() * values.count(), values.count()));
    }

    private static double pValue(Strata values, double hypothesis) {
        return values.hasInterval() ? new ScoreTest(values, -1, true).pValue(hypothesis) : 1;
    }

    /**
     * Samples that a margin needs: (z + 0.84)^2 x variance / margin^2, which for right and wrong is 6.2 x (share of samples
     * that differ) / margin^2 at the 95 % level; at least as many as it takes where not one sample differs.
     *
     * @param variance of the difference of one sample
     * @param z normal quantile of the one-sided level
     */
    static long needed(double variance, double z, double margin) {
        double spread = z + Normal.quantile(POWER);
        // (margin - 1/(2n)) / sqrt(margin (1 - margin) / n) = z, solved for the root of n
        double half = z * Math.sqrt(margin * (1 - margin)) / (2 * margin);
        double root = half + Math.sqrt(half * half + 1 / (2 * margin));
        return (long) Math.ceil(Math.max(spread * spread * variance / (margin * margin), root * root));
    }

    /**
     * Smallest loss that 80 % of runs show, at the 5 % two-sided level: 2.8 x root(variance / n), where at
     * least one sample is taken to differ. Infinite above 1: no setting can lose more than the highest score.
     *
     * @param variance of the difference of one sample
     */
    static double detectable(double variance, int samples) {
        double spread = Normal.quantile(1 - LEVEL / 2) + Normal.quantile(POWER);
        double loss = spread * Math.sqrt(Math.max(variance, 1.0 / samples) / samples);
        return loss <= 1 ? loss : Double.POSITIVE_INFINITY;
    }

    /**
     * Outcome of one test among several.
     *
     * @param rejected whether its hypothesis is rejected with all others taken into account
     * @param level the level at which it was tested; at later ones for those behind the first that was not rejected
     */
    record Tested(boolean rejected, double level) {}

    /**
     * Tests of several hypotheses, the one with the smallest p value at a k-th of the level, the next at a (k - 1)-th and
     * so on until one is not rejected. In at most 5 % of runs a true hypothesis is among the rejected ones, also where the tests
     * depend on each other.
     *
     * @see <a href="https://www.jstor.org/stable/4615733">Holm 1979, A simple sequentially rejective multiple test
     *     procedure</a>
     */
    static List<Tested> holm(List<Double> pValues) {
        int count = pValues.size();
        var order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingDouble(pValues::get))
                .toList();
        var tested = new ArrayList<Tested>(Collections.nCopies(count, new Tested(false, LEVEL / Math.max(1, count))));
        int left = count;
        boolean rejecting = true;
        for (int index : order) {
            double level = LEVEL / left;
            rejecting = rejecting && pValues.get(index) <= level;
            tested.set(index, new Tested(rejecting, level));
            left -= rejecting ? 1 : 0;
        }
        return tested;
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.RightWrong.Counts;
import io.hayloft.report.stats.SummaryTable.Difference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Scores of two methods on the same samples.
 *
 * @param differences score of the first less score of the second
 * @param counts how often each was right, where all scores are either right or wrong; else null
 */
record Pairs(Strata differences, @Nullable Counts counts) {
    private static final double LEVEL = 0.05;
    private static final double Z = Normal.quantile(1 - LEVEL / 2);

    /**
     * Pairs of the samples that both methods ran.
     *
     * @param records of the first method
     * @param others score of the second by {@link Groups#pair}
     * @param category what the mean weighs the same
     */
    static Pairs of(List<BenchRecord> records, Map<String, Double> others, Function<BenchRecord, String> category) {
        var differences = new Strata.Builder();
        var counts = new int[2][2];
        boolean rightWrong = true;
        for (var record : records) {
            var other = others.get(Groups.pair(record));
            if (other != null) {
                differences.add(category.apply(record), Groups.cluster(record), record.score() - other);
                rightWrong &= Groups.isRightOrWrong(record.score()) && Groups.isRightOrWrong(other);
                counts[Groups.isRight(record.score()) ? 1 : 0][Groups.isRight(other) ? 1 : 0]++;
            }
        }
        var table = rightWrong ? new Counts(counts[1][1], counts[1][0], counts[0][1], counts[0][0]) : null;
        return new Pairs(differences.build(), table);
    }

    /** Scores of a method by {@link Groups#pair}. */
    static Map<String, Double> scores(List<BenchRecord> records) {
        var scores = new HashMap<String, Double>();
        for (var record : records) {
            scores.put(Groups.pair(record), record.score());
        }
        return scores;
    }

    Difference difference() {
        return new Difference(differences.mean(), interval(), differences.count());
    }

    /**
     * 95 % interval of the mean difference: Newcombe's for right and wrong, the bootstrap for graded scores. The bootstrap
     * needs values that differ in every category, and Newcombe's categories of one size; else the score test's bounds.
     */
    private Interval interval() {
        if (!differences.hasInterval()) {
            return Interval.NONE;
        }
        if (counts != null && differences.isBalanced()) {
            return RightWrong.newcombe(counts, Z);
        }
        if (counts == null && differences.allVary()) {
            return Bootstrap.interval(differences, LEVEL / 2);
        }
        return new Interval(
                new ScoreTest(differences, -1, false).lower(Z),
                -new ScoreTest(differences.negated(), -1, false).lower(Z));
    }

    /** Returns whether the first method is shown to score more, by a one-sided test at 5 %. */
    boolean isHigher() {
        if (!differences.hasInterval()) {
            return false;
        }
        double p = counts != null && differences.isBalanced()
                ? RightWrong.mcNemar(counts.first(), counts.second())
                : new ScoreTest(differences, -1, true).pValue(0);
        return p < LEVEL;
    }

    /** Two-sided p value of the hypothesis that both score the same; NaN without an interval. */
    double pValue() {
        if (!differences.hasInterval()) {
            return Double.NaN;
        }
        double smaller = counts != null && differences.isBalanced()
                ? Math.min(
                        RightWrong.mcNemar(counts.first(), counts.second()),
                        RightWrong.mcNemar(counts.second(), counts.first()))
                : Math.min(
                        new ScoreTest(differences, -1, true).pValue(0),
                        new ScoreTest(differences.negated(), -1, true).pValue(0));
        return Math.min(1, 2 * smaller);
    }

    /** Returns whether the mean difference is more than two of its standard errors above zero. */
    boolean isTwoErrorsHigher() {
        return differences.hasInterval() && differences.mean() > 2 * differences.error();
    }
}

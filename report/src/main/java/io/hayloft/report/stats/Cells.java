package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Cell;
import java.util.List;
import java.util.function.Function;

/** Means of scores with their errors and intervals. */
final class Cells {
    private static final double Z = Normal.quantile(0.975);

    private Cells() {}

    /** Mean over categories that weigh the same, empty ones left out. */
    static Cell of(List<BenchRecord> records, Function<BenchRecord, String> category) {
        if (records.isEmpty()) {
            return new Cell(Double.NaN, Double.NaN, Interval.NONE, -1, 0);
        }
        var builder = new Strata.Builder();
        boolean rightWrong = true;
        int right = 0;
        for (var record : records) {
            builder.add(category.apply(record), Groups.cluster(record), record.score());
            rightWrong &= Groups.isRightOrWrong(record.score());
            right += Groups.isRight(record.score()) ? 1 : 0;
        }
        var scores = builder.build();
        rightWrong &= scores.strata().size() == 1;
        var interval = rightWrong && scores.isBalanced()
                ? RightWrong.wilson(right, scores.count(), Z)
                : scores.hasInterval() ? bounds(scores) : Interval.NONE;
        return new Cell(scores.mean(), scores.error(), interval, rightWrong ? right : -1, scores.count());
    }

    private static Interval bounds(Strata scores) {
        return new Interval(
                new ScoreTest(scores, 0, false).lower(Z), -new ScoreTest(scores.negated(), -1, false).lower(Z));
    }
}

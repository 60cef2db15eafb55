package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Ratio of the times that two runs took for the same samples: reading the prompt, compressing and decoding, each alone.
 *
 * @param median of the samples' ratios; NaN without samples
 * @param interval 95 % interval of the median by order statistics; none with fewer than 6 samples
 * @param sameMachine whether all samples ran on the same machine in both runs
 */
public record TimeRatio(double median, Interval interval, boolean sameMachine) {
    private static final double TAIL = 0.025;

    static TimeRatio of(List<BenchRecord> candidate, Map<String, BenchRecord> baseline) {
        boolean same = true;
        var ratios = new ArrayList<Double>();
        for (var record : candidate) {
            var before = baseline.get(Groups.pair(record));
            if (before != null && before.isMeasured() && record.isMeasured()) {
                ratios.add(record.totalSeconds() / Math.max(1e-9, before.totalSeconds()));
                same &= record.origin().machine().equals(before.origin().machine());
            }
        }
        if (ratios.isEmpty()) {
            return new TimeRatio(Double.NaN, Interval.NONE, same);
        }
        var sorted = ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new TimeRatio(Bootstrap.quantile(sorted, 0.5), interval(sorted), same);
    }

    /** The k-th smallest and largest values, so that a sample of coin flips has fewer than k heads with 2.5 % at most. */
    private static Interval interval(double[] sorted) {
        int count = sorted.length;
        int k = 0;
        double tail = 0;
        for (double log = -count * Math.log(2); tail + Math.exp(log) <= TAIL; k++) {
            tail += Math.exp(log);
            log += Math.log((double) (count - k) / (k + 1));
        }
        return k == 0 ? Interval.NONE : new Interval(sorted[k - 1], sorted[count - k]);
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.HashMap;
import java.util.List;

/**
 * How long the answers of a method are against those of the full cache: geometric mean of the ratio of output tokens on the
 * same samples, empty answers counted as one token. A drift says that compression changes when the model stops.
 *
 * @param ratio 1 for answers as long as the full cache's; NaN without common samples
 * @param interval 95 % interval of it; none where a category has fewer than two samples
 */
public record LengthDrift(double ratio, Interval interval) {
    private static final double TAIL = 0.025;

    static LengthDrift of(List<BenchRecord> records, List<BenchRecord> full) {
        var lengths = new HashMap<String, Integer>();
        full.forEach(record -> lengths.put(Groups.pair(record), record.generatedTokens()));
        var logarithms = new Strata.Builder();
        for (var record : records) {
            var length = lengths.get(Groups.pair(record));
            if (length != null) {
                double ratio = (double) Math.max(1, record.generatedTokens()) / Math.max(1, length);
                logarithms.add(record.category(), Groups.cluster(record), Math.log(ratio));
            }
        }
        var values = logarithms.build();
        var interval = Bootstrap.interval(values, TAIL);
        return new LengthDrift(
                Math.exp(values.mean()), new Interval(Math.exp(interval.low()), Math.exp(interval.high())));
    }

    /** Returns whether the interval excludes that answers are as long as the full cache's. */
    public boolean isShown() {
        return interval.low() > 1 || interval.high() < 1;
    }
}

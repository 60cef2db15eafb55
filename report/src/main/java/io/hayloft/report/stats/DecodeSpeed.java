package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.List;

/**
 * Speed of a method's decode steps when its sequence decodes alone: its own work in each step and all of the work that the
 * sequences of the measured batch shared, not the part of it that fell to one of them. So the speed does not depend on how
 * many settings a run has. Of answers that are long enough to time.
 *
 * @param rate steps a second; NaN where no answer is long enough
 * @param batchRows mean number of sequences in the batch that was measured; NaN likewise
 */
record DecodeSpeed(double rate, double batchRows) {
    /** Shorter answers end before their steps run at a steady speed. */
    private static final int FEWEST_TOKENS = 16;

    /** The speed over all long answers of a method. */
    static DecodeSpeed of(List<BenchRecord> records) {
        double steps = 0;
        double seconds = 0;
        double rows = 0;
        for (var record : records) {
            var times = record.times();
            // reading the prompt chooses the first token, so an answer has one more than it has steps
            if (times != null && times.decodeSteps() >= FEWEST_TOKENS - 1) {
                steps += times.decodeSteps();
                seconds += times.ownDecodeSeconds() + times.sharedDecodeSeconds();
                rows += times.batchRows() * times.decodeSteps();
            }
        }
        return steps == 0 ? new DecodeSpeed(Double.NaN, Double.NaN) : new DecodeSpeed(steps / seconds, rows / steps);
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.List;

/** Decode steps a second of a method, from the answers that are long enough to time. */
final class DecodeSpeed {
    /** Shorter answers end before their steps run at a steady speed. */
    private static final int FEWEST_TOKENS = 16;

    private DecodeSpeed() {}

    /** Steps a second over all long answers; NaN without any. */
    static double rate(List<BenchRecord> records) {
        double steps = 0;
        double seconds = 0;
        for (var record : records) {
            // reading the prompt chooses the first token, so an answer has one more than it has steps
            if (record.decodeSteps() >= FEWEST_TOKENS - 1) {
                steps += record.decodeSteps();
                seconds += record.decodeSeconds();
            }
        }
        return steps == 0 ? Double.NaN : steps / seconds;
    }
}

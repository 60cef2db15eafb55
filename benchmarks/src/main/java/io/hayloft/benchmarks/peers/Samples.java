package io.hayloft.benchmarks.peers;

import io.hayloft.base.UserError;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the numbers that benchmark programs print. */
final class Samples {
    private Samples() {}

    /**
     * The best of the medians of all settings that a program has measured.
     *
     * @param json an array with one object for each setting
     * @param field of an object, an array of tokens a second
     * @throws UserError if the text is not that
     */
    static double best(String json, String field) {
        double best = 0;
        try {
            for (var setting : JsonMapper.shared().readTree(json)) {
                var rates = setting.path(field)
                        .valueStream()
                        .mapToDouble(rate -> rate.doubleValue())
                        .toArray();
                if (rates.length > 0) {
                    best = Math.max(best, median(rates));
                }
            }
        } catch (JacksonException e) {
            throw new UserError("a benchmark printed something else than JSON: " + e.getOriginalMessage(), e);
        }
        if (!(best > 0)) {
            throw new UserError("a benchmark printed no numbers in the field '" + field + "'");
        }
        return best;
    }

    /** The value in the middle, or the mean of the two there. */
    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

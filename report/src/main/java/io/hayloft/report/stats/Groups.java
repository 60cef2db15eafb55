package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Sorts records into groups, in the order in which they first appear. */
final class Groups {
    /** The baseline. */
    static final String FULL = "full";

    private static final double ROUNDING = 1e-6;

    private Groups() {}

    static <K> Map<K, List<BenchRecord>> by(List<BenchRecord> records, Function<BenchRecord, K> key) {
        var groups = new LinkedHashMap<K, List<BenchRecord>>();
        for (var record : records) {
            groups.computeIfAbsent(key.apply(record), name -> new ArrayList<>()).add(record);
        }
        return groups;
    }

    /** What two methods must share for their scores to be a pair. */
    static String pair(BenchRecord record) {
        return record.task() + "\n" + record.sample() + "\n" + record.promptSha256();
    }

    /** What samples share whose results are not independent: the context that their questions are about, if it is named. */
    static String cluster(BenchRecord record) {
        var context = record.facets().get("context");
        return context == null ? pair(record) : record.task() + "\n" + context;
    }

    /** Whether an answer is right in full; some metrics add a millionth of a percent to what they divide by. */
    static boolean isRight(double score) {
        return score > 1 - ROUNDING;
    }

    /** Whether a score says right or wrong, and nothing between. */
    static boolean isRightOrWrong(double score) {
        return isRight(score) || score < ROUNDING;
    }
}

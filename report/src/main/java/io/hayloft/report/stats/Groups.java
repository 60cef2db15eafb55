package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Sorts records into groups, in the order in which they first appear. */
final class Groups {
    /** The baseline. */
    static final String FULL = "full";

    private static final Set<String> CONTROLS = Set.of(FULL, "random", "truncation");

    private static final double ROUNDING = 1e-6;

    private Groups() {}

    static <K> Map<K, List<BenchRecord>> by(List<BenchRecord> records, Function<BenchRecord, K> key) {
        var groups = new LinkedHashMap<K, List<BenchRecord>>();
        for (var record : records) {
            groups.computeIfAbsent(key.apply(record), name -> new ArrayList<>()).add(record);
        }
        return groups;
    }

    /** Returns whether a method is a control: the full cache, a random choice, or a prompt that was cut. */
    static boolean isControl(String method) {
        return CONTROLS.contains(method.split("[:+, ]", 2)[0]);
    }

    /** Identifies the prompt and where its question stands: scores of two methods on the same one are a pair. */
    static String pair(BenchRecord record) {
        return record.subject().protocol() + "\n" + record.task() + "\n" + record.sample() + "\n"
                + record.promptSha256();
    }

    /**
     * Identifies the context that several questions are about, as their results are not independent; else the sample, whose
     * results are not independent either where its question stands in several places.
     */
    static String cluster(BenchRecord record) {
        var context = record.facets().get("context");
        return record.task() + "\n" + (context == null ? record.sample() : context);
    }

    /** Returns whether an answer is entirely right; some metrics add a tiny number to what they divide by and stay just below 1. */
    static boolean isRight(double score) {
        return score > 1 - ROUNDING;
    }

    /** Returns whether a score is 0 or 1, but for rounding. */
    static boolean isRightOrWrong(double score) {
        return isRight(score) || score < ROUNDING;
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunLine;
import io.hayloft.report.stats.SummaryTable.Cell;
import io.hayloft.report.stats.SummaryTable.Difference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Two runs method by method, on the same samples only: those of the same task and name whose prompts have the same hash.
 *
 * @param rows one for each method that both ran on common samples, in the order of the baseline
 * @param otherPrompts samples of both runs whose prompts differ, so that they are not compared
 * @param nothingCommon methods that both ran, but on no common sample
 * @param onlyBaseline methods that have not run in the candidate
 * @param allFailed methods of the baseline of which every sample failed in the candidate
 * @param onlyCandidate methods that the baseline lacks
 */
public record Comparison(
        List<Row> rows,
        int otherPrompts,
        List<String> nothingCommon,
        List<String> onlyBaseline,
        List<String> allFailed,
        List<String> onlyCandidate) {
    /** Copies the lists. */
    public Comparison {
        rows = List.copyOf(rows);
        nothingCommon = List.copyOf(nothingCommon);
        onlyBaseline = List.copyOf(onlyBaseline);
        allFailed = List.copyOf(allFailed);
        onlyCandidate = List.copyOf(onlyCandidate);
    }

    /**
     * One method.
     *
     * @param method its expression
     * @param baseline score in the baseline, on the common samples
     * @param candidate score in the candidate, on the same
     * @param difference candidate less baseline
     * @param loss what can be claimed about it, the level shared among all methods
     * @param flips samples whose score differs
     * @param bytes stored bytes of the candidate over those of the baseline; NaN where a server answered
     * @param time how much longer the candidate takes for a sample
     * @param values the paired differences
     * @param absent what the candidate does not answer of what the baseline does
     */
    public record Row(
            String method,
            Cell baseline,
            Cell candidate,
            Difference difference,
            NonInferiority.Result loss,
            Flips flips,
            double bytes,
            TimeRatio time,
            Values values,
            Absent absent) {}

    /**
     * Samples of the baseline that the candidate has no answer to, so that they are in no difference.
     *
     * @param failed those that failed in the candidate
     * @param error why the first of them did; empty without one
     * @param missing the others, which have not run or had another prompt
     */
    public record Absent(int failed, String error, int missing) {}

    /**
     * Differences of one method, to test hypotheses about.
     *
     * @param differences by category and context
     * @param p two-sided p value of the hypothesis that there is none: McNemar's exact test for right and wrong, the score
     *     test for graded scores; NaN without an interval
     */
    public record Values(Strata differences, double p) {
        private static final double Z = Normal.quantile(1 - NonInferiority.LEVEL);

        /** p value of the hypothesis that the true difference is at most {@code hypothesis}; 1 without an interval. */
        double aboveP(double hypothesis) {
            return differences.hasInterval() ? new ScoreTest(differences, -1, true).pValue(hypothesis) : 1;
        }

        /** p value of the hypothesis that the true difference is at least {@code hypothesis}. */
        double belowP(double hypothesis) {
            return new Values(differences.negated(), p).aboveP(-hypothesis);
        }

        /** Samples that would show in 80 % of cases that the loss is below a margin, if there is none; 0 without an interval. */
        long needed(double margin) {
            double error = differences.error();
            return differences.hasInterval()
                    ? NonInferiority.needed(error * error * differences.count(), Z, margin)
                    : 0;
        }
    }

    /**
     * Compares two runs.
     *
     * @param margin the loss that still counts as keeping the score, 0.01 for one point
     */
    public static Comparison of(RunFolder baseline, RunFolder candidate, double margin) {
        return of(baseline.records(), candidate.records(), candidate.failures(), margin);
    }

    /** Compares the records of two runs at a margin of one point. */
    static Comparison of(List<BenchRecord> baseline, List<BenchRecord> candidate) {
        return of(baseline, candidate, List.of(), NonInferiority.MARGIN);
    }

    static Comparison of(
            List<BenchRecord> baseline, List<BenchRecord> candidate, List<FailedRecord> failures, double margin) {
        var before = Groups.by(baseline, BenchRecord::method);
        var after = Groups.by(candidate, BenchRecord::method);
        var common = new LinkedHashMap<String, Pairs>();
        var nothingCommon = new ArrayList<String>();
        before.forEach((method, records) -> {
            var pairs = Pairs.of(records(after, method), Pairs.scores(records), BenchRecord::category);
            if (pairs.differences().count() > 0) {
                common.put(method, pairs);
            } else if (after.containsKey(method)) {
                nothingCommon.add(method);
            }
        });
        var losses = NonInferiority.of(
                common.values().stream().map(Pairs::differences).toList(), margin);
        var rows = new ArrayList<Row>();
        common.forEach((method, pairs) -> {
            var own = failures.stream()
                    .filter(failed -> failed.subject().method().equals(method))
                    .toList();
            rows.add(new Sides(method, records(before, method), records(after, method), own)
                    .row(pairs, losses.get(rows.size())));
        });
        var failing = failures.stream().map(failed -> failed.subject().method()).collect(Collectors.toSet());
        var lacking = without(before, after).stream().collect(Collectors.partitioningBy(failing::contains));
        return new Comparison(
                rows,
                otherPrompts(baseline, candidate),
                nothingCommon,
                lacking.getOrDefault(false, List.of()),
                lacking.getOrDefault(true, List.of()),
                without(after, before));
    }

    private static List<BenchRecord> records(Map<String, List<BenchRecord>> methods, String method) {
        return methods.getOrDefault(method, List.of());
    }

    private static List<String> without(Map<String, List<BenchRecord>> some, Map<String, List<BenchRecord>> others) {
        return some.keySet().stream()
                .filter(method -> !others.containsKey(method))
                .toList();
    }

    /** One method's records in both runs, and what failed of it in the candidate. */
    private record Sides(
            String method, List<BenchRecord> before, List<BenchRecord> after, List<FailedRecord> failures) {
        Row row(Pairs pairs, NonInferiority.Result loss) {
            var old = byPair(before);
            var now = byPair(after);
            var common = after.stream()
                    .filter(record -> old.containsKey(Groups.pair(record)))
                    .toList();
            var commonBefore = before.stream()
                    .filter(record -> now.containsKey(Groups.pair(record)))
                    .toList();
            return new Row(
                    method,
                    Cells.of(commonBefore, BenchRecord::category),
                    Cells.of(common, BenchRecord::category),
                    pairs.difference(),
                    loss,
                    Flips.of(common, Pairs.scores(commonBefore)),
                    storedRatio(common, commonBefore),
                    TimeRatio.of(common, old),
                    new Values(pairs.differences(), pairs.pValue()),
                    absent(now));
        }

        private static double storedRatio(List<BenchRecord> after, List<BenchRecord> before) {
            return Statistics.areMeasured(after) && Statistics.areMeasured(before)
                    ? sum(after, BenchRecord::storedBytes) / sum(before, BenchRecord::storedBytes)
                    : Double.NaN;
        }

        private static Map<String, BenchRecord> byPair(List<BenchRecord> records) {
            var map = new HashMap<String, BenchRecord>();
            records.forEach(record -> map.put(Groups.pair(record), record));
            return map;
        }

        private Absent absent(Map<String, BenchRecord> now) {
            var errors = new HashMap<String, String>();
            failures.forEach(failed -> errors.put(name(failed), failed.error()));
            var lost = before.stream()
                    .filter(record -> !now.containsKey(Groups.pair(record)))
                    .map(Comparison::name)
                    .toList();
            var failed = lost.stream().filter(errors::containsKey).toList();
            var error = failed.isEmpty() ? "" : errors.getOrDefault(failed.getFirst(), "");
            return new Absent(failed.size(), error, lost.size() - failed.size());
        }
    }

    private static double sum(List<BenchRecord> records, ToDoubleFunction<BenchRecord> value) {
        return records.stream().mapToDouble(value).sum();
    }

    /** Samples that have the same name in both runs and another prompt. */
    private static int otherPrompts(List<BenchRecord> baseline, List<BenchRecord> candidate) {
        var prompts = new HashMap<String, Set<String>>();
        baseline.forEach(record ->
                prompts.computeIfAbsent(name(record), any -> new HashSet<>()).add(record.promptSha256()));
        var other = new HashSet<String>();
        for (var record : candidate) {
            var known = prompts.get(name(record));
            if (known != null && !known.contains(record.promptSha256())) {
                other.add(name(record));
            }
        }
        return other.size();
    }

    private static String name(RunLine line) {
        var subject = line.subject();
        return subject.protocol() + "\n" + subject.task() + "\n" + subject.sample();
    }
}

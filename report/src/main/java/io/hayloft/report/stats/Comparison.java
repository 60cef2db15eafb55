package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Cell;
import io.hayloft.report.stats.SummaryTable.Difference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Two runs method by method, on the same samples only: those of the same task and name whose prompts have the same hash.
 *
 * @param rows one for each method that both ran on common samples, in the order of the baseline
 * @param otherPrompts samples of both runs whose prompts differ, so that they are not compared
 * @param onlyBaseline methods that the candidate lacks
 * @param onlyCandidate methods that the baseline lacks
 */
public record Comparison(
        List<Row> rows, int otherPrompts, List<String> onlyBaseline, List<String> onlyCandidate) {
    /** Copies the lists. */
    public Comparison {
        rows = List.copyOf(rows);
        onlyBaseline = List.copyOf(onlyBaseline);
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
     * @param bytes stored bytes of the candidate over those of the baseline
     * @param time how much longer the candidate takes for a sample
     * @param values the paired differences
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
            Values values) {}

    /** Differences of one method, to test hypotheses about. */
    public record Values(Strata differences) {
        private static final double Z = Normal.quantile(1 - NonInferiority.LEVEL);

        /** p value of the hypothesis that the true difference is at most {@code hypothesis}; 1 without an interval. */
        double aboveP(double hypothesis) {
            return differences.hasInterval() ? new ScoreTest(differences, -1, true).pValue(hypothesis) : 1;
        }

        /** p value of the hypothesis that the true difference is at least {@code hypothesis}. */
        double belowP(double hypothesis) {
            return new Values(differences.negated()).aboveP(-hypothesis);
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
                if (before != null) {
                    ratios.add(record.times().totalSeconds()
                            / Math.max(1e-9, before.times().totalSeconds()));
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

    /** Compares the records of two runs. */
    public static Comparison of(List<BenchRecord> baseline, List<BenchRecord> candidate) {
        var before = Groups.by(baseline, BenchRecord::method);
        var after = Groups.by(candidate, BenchRecord::method);
        var names = before.keySet().stream().filter(after::containsKey).toList();
        var pairs = names.stream()
                .map(method -> Pairs.of(
                        records(after, method), Pairs.scores(records(before, method)), BenchRecord::category))
                .toList();
        var losses = NonInferiority.of(pairs.stream().map(Pairs::differences).toList());
        var rows = new ArrayList<Row>();
        for (int i = 0; i < names.size(); i++) {
            if (pairs.get(i).differences().count() > 0) {
                rows.add(row(names.get(i), records(before, names.get(i)), records(after, names.get(i)), pairs.get(i),
                        losses.get(i)));
            }
        }
        return new Comparison(
                rows, otherPrompts(baseline, candidate), without(before, after), without(after, before));
    }

    private static List<BenchRecord> records(Map<String, List<BenchRecord>> methods, String method) {
        return methods.getOrDefault(method, List.of());
    }

    private static List<String> without(
            Map<String, List<BenchRecord>> some, Map<String, List<BenchRecord>> others) {
        return some.keySet().stream()
                .filter(method -> !others.containsKey(method))
                .toList();
    }

    private static Row row(
            String method,
            List<BenchRecord> before,
            List<BenchRecord> after,
            Pairs pairs,
            NonInferiority.Result loss) {
        var old = new HashMap<String, BenchRecord>();
        before.forEach(record -> old.put(Groups.pair(record), record));
        var common = after.stream()
                .filter(record -> old.containsKey(Groups.pair(record)))
                .toList();
        var names = new HashSet<String>();
        common.forEach(record -> names.add(Groups.pair(record)));
        var commonBefore = before.stream()
                .filter(record -> names.contains(Groups.pair(record)))
                .toList();
        return new Row(
                method,
                Cells.of(commonBefore, BenchRecord::category),
                Cells.of(common, BenchRecord::category),
                pairs.difference(),
                loss,
                Flips.of(common, Pairs.scores(commonBefore)),
                sum(common, BenchRecord::storedBytes) / sum(commonBefore, BenchRecord::storedBytes),
                TimeRatio.of(common, old),
                new Values(pairs.differences()));
    }

    private static double sum(List<BenchRecord> records, ToDoubleFunction<BenchRecord> value) {
        return records.stream().mapToDouble(value).sum();
    }

    /** Samples that have the same name in both runs and another prompt. */
    private static int otherPrompts(List<BenchRecord> baseline, List<BenchRecord> candidate) {
        var prompts = new HashMap<String, Set<String>>();
        baseline.forEach(record -> prompts.computeIfAbsent(name(record), any -> new HashSet<>())
                .add(record.promptSha256()));
        var other = new HashSet<String>();
        for (var record : candidate) {
            var known = prompts.get(name(record));
            if (known != null && !known.contains(record.promptSha256())) {
                other.add(name(record));
            }
        }
        return other.size();
    }

    private static String name(BenchRecord record) {
        return record.task() + "\n" + record.sample();
    }
}

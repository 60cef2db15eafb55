package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs of one setting in the order of their starts: score, bytes and time of each method, and where they change. Each run
 * is compared with the one of the last change, not with the one before, so that a drift in small steps is found, too.
 *
 * @param points by method in the order of the first run, then by run
 */
public record History(List<Point> points) {
    /** Bytes that differ by less have not changed. */
    private static final double BYTES = 0.005;

    /** Times that differ by less have not. */
    private static final double TIME = 0.1;

    /** Copies the list. */
    public History {
        points = List.copyOf(points);
    }

    /**
     * One method in one run.
     *
     * @param run the run
     * @param row the method's results
     * @param seconds time that a sample took, prompt and answer; mean
     * @param change what is shown to have changed
     */
    public record Point(RunFolder run, Row row, double seconds, Change change) {}

    /**
     * The change since the last one, on common samples; NaN for figures that are not shown to have changed.
     *
     * @param score difference of the scores, the level of 5 % shared among all methods and runs
     * @param bytes ratio of stored bytes
     * @param time ratio of times on the same machine
     */
    public record Change(double score, double bytes, double time) {
        /** Returns whether anything has changed. */
        public boolean exists() {
            return !(Double.isNaN(score) && Double.isNaN(bytes) && Double.isNaN(time));
        }
    }

    /** The history of runs that share their settings. */
    public static History of(List<RunFolder> runs) {
        var sorted = runs.stream()
                .sorted(Comparator.comparing((RunFolder run) -> run.info().started()))
                .toList();
        var steps = new LinkedHashMap<String, List<Step>>();
        for (var run : sorted) {
            var records = Groups.by(run.records(), BenchRecord::method);
            for (var row : Statistics.summary(run.records()).rows()) {
                steps.computeIfAbsent(row.method(), any -> new ArrayList<>())
                        .add(new Step(run, row, records.getOrDefault(row.method(), List.of())));
            }
        }
        int comparisons =
                steps.values().stream().mapToInt(list -> list.size() - 1).sum();
        var points = new ArrayList<Point>();
        steps.values()
                .forEach(list ->
                        points.addAll(new Line(list, NonInferiority.LEVEL / Math.max(1, comparisons)).points()));
        return new History(points);
    }

    /** The last run of each program, at the place where the program first appears. */
    public static List<RunFolder> byCode(List<RunFolder> runs) {
        var last = new LinkedHashMap<String, RunFolder>();
        runs.stream()
                .sorted(Comparator.comparing((RunFolder run) -> run.info().started()))
                .forEach(run -> last.put(run.info().code(), run));
        return List.copyOf(last.values());
    }

    /** Results of a method in one run. */
    private record Step(RunFolder run, Row row, List<BenchRecord> records) {
        double seconds() {
            return records.stream()
                    .filter(BenchRecord::isMeasured)
                    .mapToDouble(BenchRecord::totalSeconds)
                    .average()
                    .orElse(Double.NaN);
        }
    }

    /** The steps of one method, and the steps since which score, bytes and time have not changed. */
    private static final class Line {
        private final List<Step> steps;
        private final double level;
        private Step score;
        private Step bytes;
        private Step time;

        /** Steps of a method, whose scores are tested at a level. */
        Line(List<Step> steps, double level) {
            this.steps = steps;
            this.level = level;
            score = steps.getFirst();
            bytes = score;
            time = score;
        }

        List<Point> points() {
            return steps.stream()
                    .map(step -> new Point(step.run(), step.row(), step.seconds(), change(step)))
                    .toList();
        }

        private Change change(Step step) {
            var compared = new HashMap<Step, Comparison.@Nullable Row>();
            var change = new Change(
                    scoreChange(compared(score, step, compared)),
                    bytesChange(compared(bytes, step, compared)),
                    timeChange(compared(time, step, compared)));
            score = Double.isNaN(change.score()) ? score : step;
            bytes = Double.isNaN(change.bytes()) ? bytes : step;
            var timed = compared.get(time);
            boolean moved = timed != null && !timed.time().sameMachine();
            time = Double.isNaN(change.time()) && !moved ? time : step;
            return change;
        }

        private static Comparison.@Nullable Row compared(
                Step before, Step step, Map<Step, Comparison.@Nullable Row> known) {
            if (!known.containsKey(before)) {
                var rows = Comparison.of(before.records(), step.records()).rows();
                known.put(before, rows.isEmpty() ? null : rows.getFirst());
            }
            return known.get(before);
        }

        private double scoreChange(Comparison.@Nullable Row row) {
            return row != null && row.values().p() <= level ? row.difference().mean() : Double.NaN;
        }

        private static double bytesChange(Comparison.@Nullable Row row) {
            return row != null && Math.abs(row.bytes() - 1) > BYTES ? row.bytes() : Double.NaN;
        }

        private static double timeChange(Comparison.@Nullable Row row) {
            if (row == null || !row.time().sameMachine()) {
                return Double.NaN;
            }
            var interval = row.time().interval();
            return interval.low() > 1 + TIME || interval.high() < 1 - TIME
                    ? row.time().median()
                    : Double.NaN;
        }
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs of one setting in the order of their starts: score, bytes and time of each method, and where they change.
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
     * @param before the comparison with the run before on their common samples; null where there is none
     * @param scoreChanged whether the score is shown to have changed since, the level of 5 % shared among all methods and runs
     * @param bytesChanged whether stored bytes have
     * @param timeChanged whether the time has, on the same machine
     */
    public record Point(
            RunFolder run,
            Row row,
            double seconds,
            Comparison.@Nullable Row before,
            boolean scoreChanged,
            boolean bytesChanged,
            boolean timeChanged) {}

    /** Results of a method in a run before changes are known. */
    private record Step(RunFolder run, Row row, double seconds, Comparison.@Nullable Row before) {
        /** p value of the hypothesis that the score has not changed, in either direction. */
        double pValue() {
            return before == null
                    ? 1
                    : Math.min(1, 2 * Math.min(before.values().aboveP(0), before.values().belowP(0)));
        }
    }

    /** The history of runs that share their settings. */
    public static History of(List<RunFolder> runs) {
        var sorted = runs.stream()
                .sorted(Comparator.comparing((RunFolder run) -> run.info().started()))
                .toList();
        var steps = new LinkedHashMap<String, List<Step>>();
        @Nullable RunFolder before = null;
        for (var run : sorted) {
            var compared = new HashMap<String, Comparison.Row>();
            if (before != null) {
                Comparison.of(before.records(), run.records()).rows().forEach(row -> compared.put(row.method(), row));
            }
            for (var row : Statistics.summary(run.records()).rows()) {
                steps.computeIfAbsent(row.method(), any -> new ArrayList<>())
                        .add(new Step(run, row, seconds(run, row.method()), compared.get(row.method())));
            }
            before = run;
        }
        var all = steps.values().stream().flatMap(List::stream).toList();
        return new History(points(all));
    }

    private static List<Point> points(List<Step> steps) {
        var compared = steps.stream().filter(step -> step.before() != null).toList();
        var tested = NonInferiority.holm(compared.stream().map(Step::pValue).toList());
        var changed = new IdentityHashMap<Step, Boolean>();
        for (int i = 0; i < compared.size(); i++) {
            changed.put(compared.get(i), tested.get(i).rejected());
        }
        return steps.stream()
                .map(step -> {
                    var row = step.before();
                    return new Point(
                            step.run(),
                            step.row(),
                            step.seconds(),
                            row,
                            changed.getOrDefault(step, false),
                            row != null && Math.abs(row.bytes() - 1) > BYTES,
                            row != null
                                    && row.time().sameMachine()
                                    && (row.time().interval().low() > 1 + TIME
                                            || row.time().interval().high() < 1 - TIME));
                })
                .toList();
    }

    private static double seconds(RunFolder run, String method) {
        return run.records().stream()
                .filter(record -> record.method().equals(method))
                .mapToDouble(record -> record.times().totalSeconds())
                .average()
                .orElse(Double.NaN);
    }
}

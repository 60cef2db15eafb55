package io.hayloft.bench.run;

import io.hayloft.bench.record.BenchRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps time and partial scores of a run: what is left is predicted, and corrected by how the prediction did so far. */
final class RunClock {
    private final long start = System.nanoTime();
    private final int total;
    private final Map<String, double[]> sumAndCount = new LinkedHashMap<>();
    private final @Nullable CostModel costs;
    private double predictedLeft;
    private double predictedDone;

    /**
     * Starts the clock.
     *
     * @param left samples that will run
     * @param total samples of the run
     * @param earlier records of earlier starts
     * @param costs predicts times; null if nothing is left
     */
    RunClock(Collection<PlannedSample> left, int total, List<BenchRecord> earlier, @Nullable CostModel costs) {
        this.total = total;
        this.costs = costs;
        for (var sample : left) {
            predictedLeft += predicted(sample);
        }
        addScores(earlier);
    }

    private double predicted(PlannedSample sample) {
        return costs == null ? 0 : costs.seconds(sample);
    }

    /** Takes in a sample that has run. */
    void add(PlannedSample sample, List<BenchRecord> records) {
        predictedLeft -= predicted(sample);
        predictedDone += predicted(sample);
        addScores(records);
    }

    private void addScores(List<BenchRecord> records) {
        for (var record : records) {
            var sums = sumAndCount.computeIfAbsent(record.method(), name -> new double[2]);
            sums[0] += record.score();
            sums[1]++;
        }
    }

    /** Seconds since the start. */
    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Where the run stands. */
    Progress progress(int samplesDone, String task) {
        double correction = predictedDone > 0 ? seconds() / predictedDone : 1;
        var scores = new LinkedHashMap<String, Double>();
        sumAndCount.forEach((method, sums) -> scores.put(method, sums[0] / sums[1]));
        return new Progress(
                samplesDone, total, millis(seconds()), millis(Math.max(0, predictedLeft) * correction), task, scores);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}

package io.hayloft.bench.plan;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunLine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Time and mean scores of a run so far, and the time left: the predicted one, corrected by the ratio of the time taken to
 * the time predicted so far.
 */
public final class RunClock {
    private final long start = System.nanoTime();
    private final int total;
    private final Map<String, double[]> sumAndCount = new LinkedHashMap<>();
    private final @Nullable CostModel costs;
    private double predictedLeft;
    private double predictedDone;
    private int failed;

    /**
     * Starts the clock.
     *
     * @param left sizes of the samples that are likely to run
     * @param total samples of the run
     * @param earlier lines of earlier starts
     * @param costs predicts times; null if nothing is left
     */
    public RunClock(
            List<SampleChoice.Size> left, int total, List<? extends RunLine> earlier, @Nullable CostModel costs) {
        this.total = total;
        this.costs = costs;
        for (var sample : left) {
            predictedLeft += predicted(sample);
        }
        addScores(earlier);
    }

    private double predicted(SampleChoice.Size sample) {
        return costs == null ? 0 : costs.seconds(sample);
    }

    /** Counts a sample that has run, and the scores of its lines. */
    public void add(SampleChoice.Size sample, List<? extends RunLine> lines) {
        predictedLeft -= predicted(sample);
        predictedDone += predicted(sample);
        addScores(lines);
    }

    /** Counts a sample in which all methods that were left to run have failed. */
    public void failed() {
        failed++;
    }

    private void addScores(List<? extends RunLine> lines) {
        for (var line : lines) {
            if (line instanceof BenchRecord record) {
                var sums = sumAndCount.computeIfAbsent(record.method(), name -> new double[2]);
                sums[0] += record.score();
                sums[1]++;
            }
        }
    }

    /** Seconds since the start. */
    public double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** The state of the run after so many samples. */
    public Progress progress(int samplesDone, String task) {
        double correction = predictedDone > 0 ? seconds() / predictedDone : 1;
        var scores = new LinkedHashMap<String, Double>();
        sumAndCount.forEach((method, sums) -> scores.put(method, sums[0] / sums[1]));
        return new Progress(
                samplesDone,
                failed,
                total,
                millis(seconds()),
                millis(Math.max(0, predictedLeft) * correction),
                task,
                scores);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}

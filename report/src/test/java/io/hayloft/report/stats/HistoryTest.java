package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.FakeRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
    /** A run of 200 samples of which the first ones are wrong, with so many times the usual bytes. */
    private static RunFolder run(int wrong, double bytes) {
        var records = IntStream.range(0, 200)
                .mapToObj(i -> FakeRecords.record("snapkv:4x", 0, i, 1024, i < wrong ? 0 : 1, "x"))
                .map(record -> FakeRecords.with(
                        record,
                        record.promptTokens(),
                        record.compressAfter(),
                        Math.round(record.storedBytes() * bytes),
                        record.freeTokens(),
                        record.decodeSteps()))
                .toList();
        return FakeRecords.run(Path.of("run"), records);
    }

    private static List<Double> scoreChanges(List<RunFolder> runs) {
        return History.of(runs).points().stream()
                .map(point -> point.change().score())
                .toList();
    }

    @Test
    void aFallIsMarkedOnceWhereItHappens() {
        var changes = scoreChanges(List.of(run(10, 1), run(10, 1), run(60, 1), run(60, 1), run(60, 1)));
        assertThat(changes.get(2)).isEqualTo(-0.25, within(1e-9));
        assertThat(changes.stream().filter(change -> !Double.isNaN(change))).hasSize(1);
    }

    /** Two samples a run are no change from one run to the next; all together they are one. */
    @Test
    void aDriftInSmallStepsIsFound() {
        var runs = IntStream.range(0, 10).mapToObj(i -> run(10 + 2 * i, 1)).toList();
        var changes = scoreChanges(runs);
        assertThat(changes.subList(0, 4)).allMatch(change -> Double.isNaN(change));
        assertThat(changes.stream().filter(change -> change < 0)).isNotEmpty();
    }

    @Test
    void bytesAreMarkedAndEqualRunsAreNot() {
        var points = History.of(List.of(run(5, 1), run(5, 1.2), run(5, 1.2))).points();
        assertThat(points.get(1).change().bytes()).isEqualTo(1.2, within(0.01));
        assertThat(points.get(0).change().exists()).isFalse();
        assertThat(points.get(2).change().exists()).isFalse();
    }

    /** Answers drawn anew each night with the same chance: a mark is an error, in fewer than 5 % of histories. */
    @Test
    void chanceIsRarelyMarked() {
        var random = new SplittableRandom(3);
        int marked = 0;
        for (int history = 0; history < 100; history++) {
            var runs = new ArrayList<RunFolder>();
            for (int night = 0; night < 8; night++) {
                var records = new ArrayList<BenchRecord>();
                for (int i = 0; i < 60; i++) {
                    records.add(FakeRecords.record("full", 0, i, 1024, random.nextInt(10) < 8 ? 1 : 0, "x"));
                }
                runs.add(FakeRecords.run(Path.of("run"), records));
            }
            marked += scoreChanges(runs).stream().allMatch(change -> Double.isNaN(change)) ? 0 : 1;
        }
        assertThat(marked).isLessThan(5);
    }
}

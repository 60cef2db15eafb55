package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.report.FakeRecords;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
    private static final double[] RATIOS = {2, 4, 8, 16};
    private static final List<String> SETTINGS = List.of("s:2x", "s:4x", "s:8x", "s:16x");

    @Test
    void aFallingFitPoolsWhatRises() {
        assertThat(Sweep.falling(new double[] {0.9, 0.8, 0.85, 0.3}))
                .containsExactly(new double[] {0.9, 0.825, 0.825, 0.3}, within(1e-12));
        assertThat(Sweep.falling(new double[] {1, 0.5, 0.2})).containsExactly(1, 0.5, 0.2);
        assertThat(Sweep.falling(new double[] {0.1, 0.2, 0.3}))
                .containsExactly(new double[] {0.2, 0.2, 0.2}, within(1e-12));
    }

    @Test
    void theCrossingLiesBetweenRatiosByTheirLogarithm() {
        var logs = new double[] {0, Math.log(2), Math.log(4), Math.log(8)};
        // half of the way from 2 to 4 in logarithms
        assertThat(Math.exp(Sweep.crossing(logs, new double[] {1, 1, 0.9, 0.1}, 0.05)))
                .isCloseTo(Math.sqrt(8), within(1e-9));
        assertThat(Math.exp(Sweep.crossing(logs, new double[] {1, 1, 1, 0.96}, 0.05)))
                .as("at least the largest ratio")
                .isCloseTo(8, within(1e-9));
        assertThat(Math.exp(Sweep.crossing(logs, new double[] {1, 0.5, 0.4, 0.3}, 0.05)))
                .isCloseTo(Math.pow(2, 0.1), within(1e-9));
    }

    @Test
    void settingsThatDifferInTheirAmountAloneAreOneSweep() {
        assertThat(Sweep.withoutAmount("snapkv:4x")).isEqualTo("snapkv");
        assertThat(Sweep.withoutAmount("snapkv:5.88x,window=64")).isEqualTo("snapkv,window=64");
        assertThat(Sweep.withoutAmount("snapkv:512 + kivi:4bit")).isEqualTo("snapkv + kivi:4bit");
        assertThat(Sweep.withoutAmount("kivi:2bit")).isEqualTo("kivi");
        assertThat(Sweep.withoutAmount("full")).isEqualTo("full");
    }

    @Test
    void aRunHasASweepForEachMethodWithTheCliffWhereItFallsMost() {
        var sweeps = Findings.of(FakeRecords.mini(20, 7)).sweeps();
        assertThat(sweeps).extracting(Sweep::name).containsExactly("random", "kivi", "streaming", "h2o", "snapkv");
        var snapkv = sweeps.getLast();
        assertThat(snapkv.points()).extracting(Sweep.Point::ratio).containsExactly(2.0, 4.0, 8.0);
        var five = snapkv.lossless().getLast();
        assertThat(five.margin()).isEqualTo(0.05);
        assertThat(five.low()).isBetween(1.0, five.ratio());
        assertThat(five.high()).isBetween(five.ratio(), 2.0);
        var cliff = snapkv.cliff();
        assertThat(cliff).isNotNull();
        assertThat(cliff.to() / cliff.from()).isCloseTo(2, within(0.01));
        assertThat(cliff.lossPerDoubling()).isBetween(0.05, 0.25);
    }

    /** Shares of right answers of the full cache and at four ratios, the samples' difficulty shared by all. */
    @ParameterizedTest
    @CsvSource({"0.95 0.94 0.90 0.75 0.40, 300", "0.90 0.85 0.80 0.70 0.50, 200", "0.98 0.97 0.93 0.70 0.30, 300"})
    void theIntervalCoversTheTrueRatioInAboutNineOfTenRuns(String shares, int samples) {
        var covered = covered(shares, samples);
        assertThat(covered[0]).as("1 point").isBetween(0.85, 0.95);
        assertThat(covered[1]).as("5 points").isBetween(0.85, 0.95);
    }

    /** So few samples that most runs lose none, and scores that stay before they fall: intervals are wide rather than wrong. */
    @ParameterizedTest
    @CsvSource({
        "0.95 0.94 0.90 0.75 0.40, 50",
        "0.95 0.95 0.95 0.95 0.50, 60",
        "0.95 0.95 0.95 0.95 0.50, 300",
        "0.99 0.99 0.985 0.93 0.6, 150"
    })
    void fewSamplesAndFlatScoresAreCoveredToo(String shares, int samples) {
        var covered = covered(shares, samples);
        assertThat(covered[0]).as("1 point").isGreaterThan(0.85);
        assertThat(covered[1]).as("5 points").isGreaterThan(0.85);
    }

    /** Share of 200 runs whose interval holds the true ratio, for each margin. */
    private static double[] covered(String shares, int samples) {
        double[] truth = Arrays.stream(shares.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        var logs = new double[] {0, Math.log(2), Math.log(4), Math.log(8), Math.log(16)};
        var random = new SplittableRandom(12);
        int runs = 200;
        var covered = new double[Sweep.MARGINS.size()];
        for (int run = 0; run < runs; run++) {
            var sweep = Sweep.of("s", SETTINGS, RATIOS, JointScores.of(draw(truth, samples, random)));
            for (int i = 0; i < covered.length; i++) {
                var found = sweep.lossless().get(i);
                double ratio = Math.exp(Sweep.crossing(logs, truth, found.margin()));
                covered[i] += found.low() <= ratio + 1e-9 && ratio <= found.high() + 1e-9 ? 1.0 / runs : 0;
            }
        }
        return covered;
    }

    private static double[][] draw(double[] truth, int samples, SplittableRandom random) {
        var scores = new double[samples][truth.length];
        for (var row : scores) {
            double difficulty = random.nextDouble();
            for (int i = 0; i < row.length; i++) {
                double drawn = random.nextDouble() < 0.8 ? difficulty : random.nextDouble();
                row[i] = drawn < truth[i] ? 1 : 0;
            }
        }
        return scores;
    }
}

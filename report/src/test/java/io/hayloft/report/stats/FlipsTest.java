package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FlipsTest {
    private static List<BenchRecord> scores(String method, double... scores) {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < scores.length; i++) {
            records.add(FakeRecords.record(method, 0, i, 1024, scores[i], "x"));
        }
        return records;
    }

    @Test
    void flipsAreCountedSampleBySampleLargestLossesFirst() {
        var all = new ArrayList<>(scores("full", 1, 1, 0, 1, 0.5));
        all.addAll(scores("h2o:2x", 1, 0, 1, 0.25, 0.5));
        var flips = Findings.of(all).flips("h2o:2x");
        assertThat(flips.wins()).isEqualTo(1);
        assertThat(flips.losses()).isEqualTo(2);
        assertThat(flips.ties()).isEqualTo(2);
        assertThat(flips.rate()).isEqualTo(0.6);
        assertThat(flips.samples()).extracting(Flips.Flip::difference).containsExactly(-1.0, -0.75, 1.0);
        assertThat(flips.worst()).isCloseTo(-0.95, within(1e-9));
    }

    @Test
    void fragileSamplesAreLostByHalfOfTheSettings() {
        var all = new ArrayList<>(scores("full", 1, 1, 1, 0));
        all.addAll(scores("random:2x", 0, 0, 0, 0));
        all.addAll(scores("h2o:2x", 1, 0, 0, 0));
        all.addAll(scores("snapkv:2x", 1, 1, 0, 0));
        assertThat(Findings.of(all).fragile()).extracting(BenchRecord::sample).containsExactly("1024-1", "1024-2");
    }

    @Test
    void lengthsOfAnswersAreComparedByTheirGeometricMean() {
        var random = new SplittableRandom(3);
        var all = new ArrayList<BenchRecord>();
        for (int i = 0; i < 60; i++) {
            int tokens = random.nextInt(10, 40);
            all.add(FakeRecords.withTokens(FakeRecords.record("full", 0, i, 1024, 1, "x"), tokens, "eos"));
            all.add(FakeRecords.withTokens(
                    FakeRecords.record("h2o:2x", 0, i, 1024, 1, "x"), tokens * (1 + i % 3), i < 7 ? "length" : "eos"));
            all.add(FakeRecords.withTokens(FakeRecords.record("snapkv:2x", 0, i, 1024, 1, "x"), tokens, "eos"));
        }
        var findings = Findings.of(all);
        var drift = findings.lengths("h2o:2x");
        assertThat(drift.ratio()).isCloseTo(Math.cbrt(6), within(1e-9));
        assertThat(drift.interval().low()).isBetween(1.5, drift.ratio());
        assertThat(drift.interval().high()).isBetween(drift.ratio(), 2.2);
        assertThat(drift.isShown()).isTrue();
        assertThat(findings.lengths("snapkv:2x").isShown()).isFalse();
        assertThat(findings.truncated("h2o:2x")).isEqualTo(7);
        assertThat(Warnings.of(findings, all))
                .anyMatch(line -> line.startsWith("answers are not as long")
                        && line.contains("h2o:2x 1.82 times")
                        && !line.contains("snapkv"));
    }
}

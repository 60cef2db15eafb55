package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.report.FakeRecords;
import io.hayloft.report.GateOutput;
import io.hayloft.report.stats.Gate.Limits;
import io.hayloft.report.stats.Gate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final Limits ONE_POINT = new Limits(0.01, null, null);

    /** Runs of right and wrong answers: a share of the samples is lost, another won. */
    private static List<List<BenchRecord>> runs(
            int methods, int samples, double lost, double won, SplittableRandom random) {
        var baseline = new ArrayList<BenchRecord>();
        var candidate = new ArrayList<BenchRecord>();
        for (int m = 0; m < methods; m++) {
            var method = "snapkv:" + (m + 2) + "x";
            for (int i = 0; i < samples; i++) {
                double drawn = random.nextDouble();
                int before = drawn < lost ? 1 : drawn < lost + won ? 0 : random.nextInt(10) < 7 ? 1 : 0;
                int after = drawn < lost ? 0 : drawn < lost + won ? 1 : before;
                baseline.add(FakeRecords.record(method, 0, i, 1024, before, "x"));
                candidate.add(FakeRecords.record(method, 0, i, 1024, after, "x"));
            }
        }
        return List.of(baseline, candidate);
    }

    private static Outcome outcome(List<List<BenchRecord>> runs, Limits limits) {
        return Gate.of(Comparison.of(runs.get(0), runs.get(1)), limits).outcome();
    }

    private static double share(Outcome wanted, int simulations, int methods, int samples, double lost, double won) {
        var random = new SplittableRandom(5);
        int found = 0;
        for (int i = 0; i < simulations; i++) {
            found += outcome(runs(methods, samples, lost, won, random), ONE_POINT) == wanted ? 1 : 0;
        }
        return (double) found / simulations;
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "1, 5", "1, 10", "1, 20", "1, 100", "1, 400", "10, 20", "10, 100", "40, 10"})
    void falseAlarmsAreRareHoweverManyMethods(int methods, int samples) {
        assertThat(share(Outcome.FAILS, methods > 10 ? 60 : 200, methods, samples, 0.05, 0.05))
                .isLessThan(0.05);
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0", "0.065, 0.015", "0.075, 0.025"})
    void aLossOfFivePointsIsRarelyMissedWithFourHundredSamples(double lost, double won) {
        assertThat(share(Outcome.FAILS, 300, 1, 400, lost, won)).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @CsvSource({"3", "10", "20", "100", "500"})
    void aLossAtTheLimitRarelyPasses(int samples) {
        assertThat(share(Outcome.PASSES, 200, 1, samples, 0.02, 0.01)).isLessThan(0.05);
    }

    @Test
    void manyEqualAnswersPass() {
        var random = new SplittableRandom(1);
        assertThat(outcome(runs(3, 800, 0, 0, random), ONE_POINT)).isEqualTo(Outcome.PASSES);
        assertThat(outcome(runs(3, 50, 0, 0, random), ONE_POINT)).isEqualTo(Outcome.CANNOT_TELL);
        assertThat(outcome(runs(3, 50, 0, 0, random), new Limits(0.2, null, null)))
                .isEqualTo(Outcome.PASSES);
    }

    @Test
    void bytesTimeAndMissingMethodsCount() {
        var runs = runs(2, 50, 0, 0, new SplittableRandom(1));
        var larger = runs.get(1).stream()
                .map(record -> FakeRecords.with(
                        record,
                        record.promptTokens(),
                        record.compressAfter(),
                        Math.round(record.storedBytes() * 1.1),
                        record.freeTokens(),
                        record.decodeSteps()))
                .toList();
        var comparison = Comparison.of(runs.get(0), larger);
        var gate = Gate.of(comparison, new Limits(0.2, 1.05, 1.2));
        assertThat(gate.lines())
                .allSatisfy(line -> assertThat(line.checks())
                        .extracting(Gate.Check::outcome)
                        .containsExactly(Outcome.PASSES, Outcome.FAILS, Outcome.PASSES));
        assertThat(GateOutput.lines(gate)).hasSize(3).contains("snapkv:2x: fails: stored bytes +10.0 %");
        assertThat(GateOutput.junit(gate))
                .contains(
                        "tests=\"6\" failures=\"2\"", "<testcase classname=\"hayloft.gate.bytes\" name=\"snapkv:2x\">");
        assertThat(Gate.of(comparison, new Limits(0.2, 1.11, null)).outcome()).isEqualTo(Outcome.PASSES);

        var fewer = larger.stream()
                .filter(record -> record.method().equals("snapkv:2x"))
                .toList();
        var lines = Gate.of(Comparison.of(runs.get(0), fewer), new Limits(0.2, null, null))
                .lines();
        assertThat(lines.getLast().method()).isEqualTo("snapkv:3x");
        assertThat(lines.getLast().outcome()).isEqualTo(Outcome.CANNOT_TELL);
    }

    /** Answers that failed leave the differences equal: they must not pass unseen. */
    @Test
    void samplesThatFailInTheCandidateFailTheGate() {
        var runs = runs(2, 50, 0, 0, new SplittableRandom(1));
        var lost = runs.get(1).stream()
                .filter(record ->
                        record.method().equals("snapkv:3x") && record.sample().endsWith("-7"))
                .toList();
        var rest = runs.get(1).stream().filter(record -> !lost.contains(record)).toList();
        var failures = lost.stream()
                .map(record -> new FailedRecord(record.subject(), "key", "machine", "out of memory & more"))
                .toList();
        assertThat(failures).hasSize(1);
        var comparison = Comparison.of(runs.get(0), rest, failures, 0.2);
        assertThat(comparison.rows())
                .extracting(Comparison.Row::absent)
                .containsExactly(new Comparison.Absent(0, "", 0), new Comparison.Absent(1, "out of memory & more", 0));
        var gate = Gate.of(comparison, new Limits(0.2, null, null));
        assertThat(gate.outcome()).isEqualTo(Outcome.FAILS);
        assertThat(GateOutput.lines(gate))
                .containsExactly(
                        "gate: fails (1 of 2 methods within the limits)",
                        "snapkv:3x: fails: 1 sample of the baseline failed: out of memory & more");
        assertThat(GateOutput.markdown(gate, "a", "b"))
                .contains("- `snapkv:3x` **fails**: 1 sample of the baseline failed", "Baseline `a`, candidate `b`.");
        assertThat(GateOutput.junit(gate)).contains("failures=\"1\"", "out of memory &amp; more");

        var unfinished = Comparison.of(runs.get(0), rest);
        assertThat(Gate.of(unfinished, new Limits(0.2, null, null)).outcome()).isEqualTo(Outcome.PASSES);
        assertThat(GateOutput.notes(unfinished))
                .singleElement()
                .asString()
                .contains("lacks up to 1 sample of a method");
    }

    /** A method whose samples all have other prompts is judged by none of them. */
    @Test
    void aMethodWithoutCommonSamplesCannotPass() {
        var runs = runs(2, 50, 0, 0, new SplittableRandom(1));
        var other = runs.get(1).stream()
                .map(record -> record.method().equals("snapkv:3x") ? otherPrompt(record) : record)
                .toList();
        var gate = Gate.of(Comparison.of(runs.get(0), other), new Limits(0.2, null, null));
        assertThat(gate.outcome()).isEqualTo(Outcome.CANNOT_TELL);
        assertThat(GateOutput.lines(gate).getLast()).isEqualTo("snapkv:3x: cannot tell: has no sample in common");
    }

    /** Six losses and one win of 100: 0.0625 each way by the fair coin, as the test of McNemar has it. */
    @Test
    void theDifferenceOfRightAndWrongIsTestedExactly() {
        var baseline = new ArrayList<BenchRecord>();
        var candidate = new ArrayList<BenchRecord>();
        for (int i = 0; i < 100; i++) {
            baseline.add(FakeRecords.record("full", 0, i, 1024, i == 6 ? 0 : 1, "x"));
            candidate.add(FakeRecords.record("full", 0, i, 1024, i < 6 ? 0 : 1, "x"));
        }
        var row = Comparison.of(baseline, candidate).rows().getFirst();
        assertThat(row.values().p()).isEqualTo(2 * 8 / 128.0, within(1e-12));
        assertThat(row.difference().mean()).isEqualTo(-0.05, within(1e-12));
        assertThat(row.flips().losses()).isEqualTo(6);
    }

    @Test
    void samplesWithOtherPromptsAreNotCompared() {
        var runs = runs(1, 10, 0, 0, new SplittableRandom(1));
        var other = runs.get(1).stream()
                .map(record -> record.sample().endsWith("-3") ? otherPrompt(record) : record)
                .toList();
        var comparison = Comparison.of(runs.get(0), other);
        assertThat(comparison.otherPrompts()).isEqualTo(1);
        assertThat(comparison.rows().getFirst().difference().pairs()).isEqualTo(9);
    }

    private static BenchRecord otherPrompt(BenchRecord record) {
        var origin = new BenchRecord.Origin("other", "ids", "key", "machine");
        return new BenchRecord(
                record.subject(), record.outcome(), record.tokens(), record.bytes(), record.times(), origin);
    }
}

package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import io.hayloft.report.stats.SummaryTable.Cell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {
    private static List<BenchRecord> records(String method, int category, double... scores) {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < scores.length; i++) {
            records.add(FakeRecords.record(method, category, i, 1024, scores[i], "text"));
        }
        return records;
    }

    private static List<BenchRecord> join(List<List<BenchRecord>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    /** 1, 1, 0, 1: mean 0.75, deviation sqrt(3 x 0.0625 + 0.5625) / 3), over the root of four. */
    @Test
    void meanAndStandardErrorAreThoseOfTheBook() {
        var cell = Means.of(List.of(1.0, 1.0, 0.0, 1.0));
        assertThat(cell.mean()).isEqualTo(0.75);
        assertThat(cell.error()).isEqualTo(0.25, within(1e-12));
        assertThat(Means.of(List.of(0.5)).error()).isNaN();
        assertThat(Means.of(List.of()).mean()).isNaN();
    }

    @Test
    void categoriesWeighTheSameAndEmptyOnesNothing() {
        var cells = List.of(new Cell(0.2, 0.03, 2), new Cell(0.8, 0.04, 20), new Cell(Double.NaN, Double.NaN, 0));
        var mean = Means.ofCells(cells);
        assertThat(mean.mean()).isEqualTo(0.5, within(1e-12));
        assertThat(mean.error()).isEqualTo(0.025, within(1e-12));
        assertThat(mean.count()).isEqualTo(22);
    }

    @Test
    void aRowHoldsRatioBytesAndRates() {
        var records = join(List.of(records("full", 0, 1, 1), records("snapkv:4x", 0, 1, 0)));
        var row = Statistics.summary(records).rows().get(1);
        // 2 samples of 1004 prompt tokens and 4 x 256 KiB / 4 bytes; made up as 1024 bytes a token of 1024
        assertThat(row.achievedRatio()).isEqualTo(4);
        assertThat(row.bytesPerToken()).isEqualTo(1024 * 1024 / 4 / 1004.0, within(1e-9));
        assertThat(row.prefillRate()).isEqualTo(1004 / (1024 / 9000.0), within(1e-6));
        assertThat(row.decodeRate()).isEqualTo(1000, within(1e-6));
        assertThat(row.compressSeconds()).isEqualTo(0.001, within(1e-12));
        assertThat(row.requestedRatio()).isEqualTo(4);
        assertThat(row.difference().mean()).isEqualTo(-0.5);
        assertThat(row.difference().pairs()).isEqualTo(2);
    }

    /** A method that halves the prompt has half the bytes for each token of the original, not as many as full. */
    @Test
    void bytesCountForTheTokensOfTheWholePrompt() {
        var full = FakeRecords.record("full", 0, 0, 1024, 1, "x");
        var half = FakeRecords.withPrompt(FakeRecords.record("selective:2x", 0, 0, 1024, 1, "x"), 502);
        var rows = Statistics.summary(List.of(full, half)).rows();
        assertThat(rows.get(1).bytesPerToken()).isEqualTo(rows.get(0).bytesPerToken() / 2, within(1e-9));
    }

    /** Caches are measured before the question is there, so its tokens do not count. */
    @Test
    void bytesCountForTheTokensThatWereThereToBeCompressed() {
        var record = FakeRecords.record("snapkv:2x", 0, 0, 1024, 1, "x");
        var later = FakeRecords.with(record, 1004, 502, record.readBytes() * 3, 0, 4);
        var row = Statistics.summary(List.of(later)).rows().getFirst();
        assertThat(row.bytesPerToken()).isEqualTo(record.readBytes() / 502.0, within(1e-9));
        assertThat(row.storedBytesPerToken()).isEqualTo(3 * row.bytesPerToken(), within(1e-9));
    }

    @Test
    void decodeRateCountsStepsAndIsNoneWithoutAny() {
        var record = FakeRecords.record("full", 0, 0, 1024, 1, "x");
        var three = FakeRecords.with(record, 1004, 1004, 1, 1, 3);
        var none = FakeRecords.with(record, 1004, 1004, 1, 1, 0);
        assertThat(Statistics.summary(List.of(three)).rows().getFirst().decodeRate())
                .isEqualTo(750, within(1e-6));
        assertThat(Statistics.summary(List.of(none)).rows().getFirst().decodeRate())
                .isNaN();
        assertThat(Digits.fixed(Double.NaN, 0)).isEqualTo("-");
    }

    @Test
    void onlyPairsCount() {
        var records = join(List.of(records("full", 0, 1), records("snapkv:4x", 0, 1, 0, 0, 0)));
        var difference = Statistics.summary(records).rows().get(1).difference();
        assertThat(difference.mean()).isZero();
        assertThat(difference.pairs()).isEqualTo(1);
        assertThat(difference.low()).isNaN(); // one pair has no interval
        assertThat(difference.significant()).isFalse();
        var alone = Statistics.summary(records("snapkv:4x", 0, 1, 0));
        assertThat(alone.rows().getFirst().difference().mean()).isNaN();
        assertThat(Statistics.summary(List.of()).rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theBootstrapIsDeterministicAndNearTheNormalInterval(long seed) {
        var random = new Random(seed);
        var differences = random.doubles(200, -1, 0.6).toArray();
        var once = Bootstrap.difference(List.of(differences));
        assertThat(Bootstrap.difference(List.of(differences.clone()))).isEqualTo(once);
        var cell = Means.of(Arrays.stream(differences).boxed().toList());
        assertThat(once.mean()).isEqualTo(cell.mean(), within(1e-12));
        assertThat(once.low()).isEqualTo(cell.mean() - 1.96 * cell.error(), within(0.02));
        assertThat(once.high()).isEqualTo(cell.mean() + 1.96 * cell.error(), within(0.02));
    }

    @Test
    void theBootstrapKeepsTheWeightOfCategories() {
        var many = new double[100];
        Arrays.fill(many, -1);
        var difference = Bootstrap.difference(List.of(many, new double[] {0}, new double[0]));
        assertThat(difference.mean()).isEqualTo(-0.5);
        assertThat(difference.low()).isEqualTo(-0.5);
        assertThat(difference.significant()).isTrue();
        assertThat(Bootstrap.difference(Collections.emptyList()).pairs()).isZero();
    }

    @Test
    void quantilesLieBetweenNeighbours() {
        assertThat(Bootstrap.quantile(new double[] {1, 2, 3, 4, 5}, 0.025)).isEqualTo(1.1, within(1e-12));
        assertThat(Bootstrap.quantile(new double[] {7}, 0.975)).isEqualTo(7);
    }

    @Test
    void tablesByTaskLengthAndDepthHaveTheirColumns() {
        var records = FakeRecords.mini(5, 7);
        assertThat(Statistics.byTask(records).categories()).hasSize(7).startsWith("mini-single-doc-qa");
        assertThat(Statistics.byLength(records).categories()).containsExactly("1024", "2048");
        assertThat(Statistics.byDepth(records).categories()).containsExactly("0.0", "0.25", "0.5", "0.75", "1.0");
    }

    @Test
    void warnsOfASweepThatRises() {
        var records = join(List.of(
                records("full", 0, 1, 1, 1, 1, 1, 1),
                records("snapkv:2x", 0, 0, 0, 0, 1, 0, 0),
                records("snapkv:8x", 0, 1, 1, 1, 1, 1, 1)));
        assertThat(Statistics.warnings(records)).anyMatch(line -> line.startsWith("snapkv:8x scores 1.00, more than"));
    }

    @Test
    void warnsOfFullBelowRandomAndOfUselessCategories() {
        var records = join(List.of(records("full", 0, 0, 0, 0, 0, 0, 0), records("random:2x", 0, 0, 0, 1, 0, 0, 0)));
        assertThat(Statistics.warnings(records))
                .anyMatch(line -> line.startsWith("random:2x scores 0.17, more than the full cache (0.00)"))
                .anyMatch(line -> line.startsWith("single-document QA: the full cache scores only 0.00"));
    }

    @Test
    void warnsOfCollapseAndOfTooFewSamples() {
        var records = join(List.of(
                records("full", 0, 1, 1, 1),
                records("full", 5, 1, 1, 1),
                records("h2o:2x", 0, 1, 1, 1),
                records("h2o:2x", 5, 0, 0, 1)));
        assertThat(Statistics.warnings(records))
                .anyMatch(line -> line.equals("more than half of the full score is lost by h2o:2x (code)"))
                .anyMatch(line -> line.startsWith("a category has only 3 samples"));
    }

    @Test
    void warnsOfAnswersThatCompressionCannotTouch() {
        var records = join(List.of(records("full", 0, 1, 1, 1, 1, 1), records("snapkv:2x", 0, 1, 1, 1, 1, 1)));
        var untouched = records.stream()
                .map(record -> FakeRecords.with(record, 1004, 1004, record.storedBytes(), 4, 4))
                .toList();
        assertThat(Statistics.warnings(records)).isEmpty();
        assertThat(Statistics.warnings(untouched))
                .singleElement()
                .asString()
                .startsWith("single-document QA: most answers are so short");
    }

    @Test
    void warnsOnceOfAllMissedRatios() {
        var table = new SummaryTable(
                List.of("needle"),
                List.of(row("full", 1, 1), row("infllm:4x", 4, 1.9), row("h2o:2x", 2, 1.9), row("infllm:8x", 8, 2)));
        assertThat(Warnings.of(table, List.of()))
                .containsExactly("less compression than asked for, as prompts are short or extra data weighs:"
                        + " infllm:4x reached 1.9x of 4.0x; infllm:8x reached 2.0x of 8.0x");
    }

    private static SummaryTable.Row row(String method, double requested, double achieved) {
        var cell = new SummaryTable.Cell(1, 0, 5);
        var difference = new SummaryTable.Difference(0, 0, 0, 5);
        return new SummaryTable.Row(
                method, List.of(cell), cell, difference, requested, achieved, 1024, 1024, 0.1, 100, 100);
    }

    @Test
    void staysQuietWhenAllIsWell() {
        var records = join(List.of(
                records("full", 0, 1, 1, 1, 1, 1),
                records("random:2x", 0, 0, 0, 1, 0, 0),
                records("snapkv:2x", 0, 1, 1, 1, 1, 0)));
        assertThat(Statistics.warnings(records)).isEmpty();
    }
}

package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static List<BenchRecord> records(String method, int category, double... scores) {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < scores.length; i++) {
            records.add(FakeRecords.record(method, category, i, 1024, scores[i], "text"));
        }
        return records;
    }

    private static List<String> warnings(List<BenchRecord> records) {
        return Warnings.of(Findings.of(records), records);
    }

    private static List<BenchRecord> join(List<List<BenchRecord>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static SummaryTable.Cell cell(double... scores) {
        return Cells.of(records("full", 0, scores), BenchRecord::category);
    }

    /** 1, 1, 0, 1: mean 0.75, deviation sqrt((3 x 0.0625 + 0.5625) / 3), over the root of four. */
    @Test
    void meanAndStandardErrorAreThoseOfTheBook() {
        var cell = cell(1.0, 1.0, 0.0, 1.0);
        assertThat(cell.mean()).isEqualTo(0.75);
        assertThat(cell.error()).isEqualTo(0.25, within(1e-12));
        assertThat(cell(0.5).error()).isNaN();
        assertThat(cell(0.5).interval().exists()).isFalse();
        assertThat(cell().mean()).isNaN();
    }

    /** Wilson's interval of 5 of 5 is [0.57, 1]: five samples do not show that the sixth will be right. */
    @Test
    void equalScoresHaveAnIntervalAndNoErrorOfZeroIsShown() {
        var five = cell(1, 1, 1, 1, 1);
        assertThat(Digits.score(five)).isEqualTo("5/5");
        assertThat(Digits.mean(five)).isEqualTo("1.00 [0.57, 1.00]");
        var graded = cell(0.5, 0.5, 0.5, 0.5, 0.5);
        assertThat(Digits.score(graded)).isEqualTo("0.50");
        assertThat(graded.interval().low()).isBetween(0.2, 0.45);
        assertThat(graded.interval().high()).isBetween(0.55, 0.8);
        assertThat(Digits.score(cell(0.5, 0.7))).isEqualTo("0.60 ±0.10");
        assertThat(Digits.score(cell(0.988, 0.994))).isEqualTo("0.991 ±0.003");
        assertThat(Digits.score(cell(0.999999995, 0.999999995))).isEqualTo("2/2"); // ROUGE of an equal text
    }

    @Test
    void categoriesWeighTheSameAndEmptyOnesNothing() {
        var records = join(List.of(records("full", 0, 0.2, 0.4), records("full", 3, 1, 1, 1, 0)));
        var mean = Cells.of(records, BenchRecord::category);
        assertThat(mean.mean()).isEqualTo((0.3 + 0.75) / 2, within(1e-12));
        assertThat(mean.error()).isEqualTo(Math.hypot(0.1, 0.25) / 2, within(1e-12));
        assertThat(mean.count()).isEqualTo(6);
        assertThat(mean.right()).isEqualTo(-1); // a mean of several categories is not a count
    }

    /** The same prompt by two protocols is two pairs, but one sample: the records of one are no more samples than those of both. */
    @Test
    void methodsArePairedByProtocolAndSamplesAreOneCluster() {
        var records = new ArrayList<BenchRecord>();
        records.addAll(records("full", 0, 1, 1, 0));
        records.addAll(records("snapkv:2x", 0, 1, 0, 0));
        for (var record : records("full", 0, 0.5, 0.5, 0.5)) {
            records.add(FakeRecords.by(record, "question-agnostic"));
        }
        for (var record : records("snapkv:2x", 0, 0.25, 0.25, 0.25)) {
            records.add(FakeRecords.by(record, "question-agnostic"));
        }
        var row = Statistics.summary(records).rows().getLast();
        assertThat(row.difference().mean()).isEqualTo((-1 - 3 * 0.25) / 6, within(1e-12));
        assertThat(row.difference().pairs()).isEqualTo(6);
        var columns = Statistics.by(records, Grouping.PROTOCOL);
        assertThat(columns.categories()).containsExactly("question-aware", "question-agnostic");
        assertThat(columns.rows().getLast().cells())
                .extracting(SummaryTable.Cell::mean)
                .containsExactly(1 / 3.0, 0.25);
        assertThat(records.stream().map(Groups::cluster).distinct()).hasSize(3);
    }

    @Test
    void oneSampleInACategoryLeavesTheMeanWithoutAnInterval() {
        var records = join(List.of(records("full", 0, 0.2, 0.4, 0.6), records("full", 3, 1)));
        assertThat(Cells.of(records, BenchRecord::category).interval().exists()).isFalse();
    }

    @Test
    void aRowHoldsRatioBytesAndRates() {
        var records = join(List.of(records("full", 0, 1, 1), records("snapkv:4x", 0, 1, 0)));
        var row = Statistics.summary(records).rows().get(1);
        // 2 samples of 1004 prompt tokens and 4 x 256 KiB / 4 bytes; made up as 1024 bytes a token of 1024
        assertThat(row.bytes().achievedRatio()).isEqualTo(4);
        assertThat(row.bytes().perToken()).isEqualTo(1024 * 1024 / 4 / 1004.0, within(1e-9));
        assertThat(row.speed().prefillRate()).isEqualTo(1004 / (1024 / 9000.0), within(1e-6));
        assertThat(row.speed().compressSeconds()).isEqualTo(0.001, within(1e-12));
        assertThat(row.bytes().requestedRatio()).isEqualTo(4);
        assertThat(row.difference().mean()).isEqualTo(-0.5);
        assertThat(row.difference().pairs()).isEqualTo(2);
    }

    /** A method that halves the prompt has half the bytes for each token of the original, not as many as full. */
    @Test
    void bytesCountForTheTokensOfTheWholePrompt() {
        var full = FakeRecords.record("full", 0, 0, 1024, 1, "x");
        var half = FakeRecords.withPrompt(FakeRecords.record("selective:2x", 0, 0, 1024, 1, "x"), 502);
        var rows = Statistics.summary(List.of(full, half)).rows();
        assertThat(rows.get(1).bytes().perToken()).isEqualTo(rows.get(0).bytes().perToken() / 2, within(1e-9));
    }

    /** Caches are measured before the question is there, so its tokens do not count. */
    @Test
    void bytesCountForTheTokensThatWereThereToBeCompressed() {
        var record = FakeRecords.record("snapkv:2x", 0, 0, 1024, 1, "x");
        var later = FakeRecords.with(record, 1004, 502, record.readBytes() * 3, 0, 4);
        var row = Statistics.summary(List.of(later)).rows().getFirst();
        assertThat(row.bytes().perToken()).isEqualTo(3 * record.readBytes() / 502.0, within(1e-9));
        assertThat(row.bytes().readPerToken()).isEqualTo(record.readBytes() / 502.0, within(1e-9));
    }

    /** A method that reads a part at each step, and keeps all, saves no memory. */
    @Test
    void theRatioIsOfStoredBytes() {
        var record = FakeRecords.record("infllm:4x", 0, 0, 1024, 1, "x");
        var keepsAll = FakeRecords.with(record, 1004, 1004, record.fullCacheBytes() * 2, 0, 4);
        var table = Statistics.summary(List.of(keepsAll));
        assertThat(table.rows().getFirst().bytes().achievedRatio()).isEqualTo(0.5, within(1e-12));
        assertThat(table.readsLess()).isTrue();
    }

    /** FakeRecords take 1 ms of their own work to decode and share 5 ms with a batch of 15. */
    @Test
    void decodeRateIsOfAnswersOfSixteenTokensOrMore() {
        var record = FakeRecords.record("full", 0, 0, 1024, 1, "x");
        var longer = FakeRecords.with(record, 1004, 1004, 1, 1, 15);
        var shorter = FakeRecords.with(record, 1004, 1004, 1, 1, 14);
        assertThat(Statistics.summary(List.of(longer, shorter))
                        .rows()
                        .getFirst()
                        .speed()
                        .decodeRate())
                .isEqualTo(15 / 0.006, within(1e-6));
        assertThat(Statistics.summary(List.of(shorter))
                        .rows()
                        .getFirst()
                        .speed()
                        .decodeRate())
                .isNaN();
        assertThat(Digits.fixed(Double.NaN, 0)).isEqualTo("-");
    }

    @Test
    void onlyPairsCount() {
        var records = join(List.of(records("full", 0, 1), records("snapkv:4x", 0, 1, 0, 0, 0)));
        var difference = Statistics.summary(records).rows().get(1).difference();
        assertThat(difference.mean()).isZero();
        assertThat(difference.pairs()).isEqualTo(1);
        assertThat(difference.interval().exists()).isFalse(); // one pair has no interval
        var alone = Statistics.summary(records("snapkv:4x", 0, 1, 0));
        assertThat(alone.rows().getFirst().difference().mean()).isNaN();
        assertThat(Statistics.summary(List.of()).rows()).isEmpty();
    }

    @Test
    void tablesByTaskLengthAndDepthHaveTheirColumns() {
        var records = FakeRecords.mini(5, 7);
        assertThat(Statistics.by(records, Grouping.TASK).categories())
                .hasSize(7)
                .startsWith("mini-single-doc-qa");
        assertThat(Statistics.by(records, Grouping.LENGTH).categories()).containsExactly("1024", "2048");
        assertThat(Statistics.by(records, Grouping.DEPTH).categories())
                .containsExactly("0.0", "0.25", "0.5", "0.75", "1.0");
    }

    @Test
    void warnsOfASweepThatRises() {
        var records = join(List.of(
                records("full", 0, 1, 1, 1, 1, 1, 1),
                records("snapkv:2x", 0, 0, 0, 0, 1, 0, 0),
                records("snapkv:8x", 0, 1, 1, 1, 1, 1, 1)));
        assertThat(warnings(records)).anyMatch(line -> line.startsWith("snapkv:8x scores 1.00, more than"));
    }

    @Test
    void warnsOfFullBelowRandomAndOfUselessCategories() {
        var records = join(List.of(records("full", 0, 0, 0, 0, 0, 0, 0), records("random:2x", 0, 0, 0, 1, 0, 0, 0)));
        assertThat(warnings(records))
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
        assertThat(warnings(records))
                .anyMatch(line -> line.equals("more than half of the full score is lost by h2o:2x (code)"))
                .anyMatch(line -> line.startsWith("a category has only 3 samples"));
    }

    @Test
    void warnsOfAnswersThatCompressionCannotTouch() {
        var records = join(List.of(tenTimes("full", 1), tenTimes("snapkv:2x", 1)));
        var untouched = records.stream()
                .map(record -> FakeRecords.with(record, 1004, 1004, record.storedBytes(), 4, 4))
                .toList();
        assertThat(warnings(records)).isEmpty();
        assertThat(warnings(untouched))
                .singleElement()
                .asString()
                .startsWith("single-document QA: most answers are so short");
    }

    @Test
    void warnsOnceOfAllMissedRatios() {
        var records = new ArrayList<>(join(List.of(tenTimes("full", 1), tenTimes("h2o:2x", 1))));
        for (var method : List.of("infllm:4x", "infllm:8x")) {
            tenTimes(method, 1)
                    .forEach(record ->
                            records.add(FakeRecords.with(record, 1004, 1004, record.fullCacheBytes() / 2, 1, 4)));
        }
        assertThat(warnings(records))
                .containsExactly("less compression than asked for, as prompts are short or extra data weighs:"
                        + " infllm:4x reached 2.0x of 4.0x; infllm:8x reached 2.0x of 8.0x");
    }

    @Test
    void staysQuietWhenAllIsWell() {
        var records = join(List.of(
                tenTimes("full", 1),
                records("random:2x", 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0),
                records("snapkv:2x", 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1)));
        assertThat(warnings(records)).isEmpty();
    }

    @Test
    void warnsOfFewerThanTenSamples() {
        for (int samples : new int[] {1, 3, 5, 9}) {
            var scores = new double[samples];
            Arrays.fill(scores, 1);
            assertThat(warnings(records("full", 0, scores)))
                    .anyMatch(line -> line.startsWith("a category has only " + samples + " sample"));
        }
        assertThat(warnings(tenTimes("full", 1))).noneMatch(line -> line.contains("has only"));
    }

    private static List<BenchRecord> tenTimes(String method, double score) {
        var scores = new double[10];
        Arrays.fill(scores, score);
        return records(method, 0, scores);
    }
}

package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.Findings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadlineTest {
    private final List<BenchRecord> records = new ArrayList<>();

    /** Adds a method that is right in the first {@code right} of {@code samples} samples of each of two categories. */
    private HeadlineTest method(String name, int samples, int right) {
        for (int category = 0; category < 2; category++) {
            for (int i = 0; i < samples; i++) {
                records.add(FakeRecords.record(name, category, i, 1024, i < right ? 1 : 0, "x"));
            }
        }
        return this;
    }

    /** The same for a server. */
    private HeadlineTest server(String name, int samples, int right) {
        method(name, samples, right);
        records.replaceAll(record -> record.method().equals(name) ? FakeRecords.ofServer(record, 1004) : record);
        return this;
    }

    private List<String> headline() {
        return Headline.of(Findings.of(records));
    }

    @Test
    void keepsIsSaidWhereTheLossIsCertainlySmallWithSamplesAndBound() {
        var headline = method("full", 1000, 900)
                .method("random:2x", 1000, 500)
                .method("kivi:4bit", 1000, 900)
                .method("snapkv:2x", 1000, 600)
                .headline();
        assertThat(headline.getFirst())
                .isEqualTo(
                        "kivi:4bit keeps the full cache's score with 3.1 times fewer bytes: 0.90 against 0.90 in 2,000"
                                + " samples, with 95 % confidence a loss of at most 0.2 points (corrected for choosing"
                                + " among 2 settings).");
        assertThat(headline.get(1))
                .isEqualTo("1 of 2 settings certainly loses more than 1 point; the smallest of these losses is 30.0"
                        + " points, with snapkv:2x at 2.0 times fewer bytes.");
    }

    @Test
    void fewEqualSamplesProveNothing() {
        var headline = method("full", 10, 9)
                .method("random:2x", 10, 3)
                .method("kivi:4bit", 10, 9)
                .method("snapkv:4x", 10, 9)
                .headline();
        assertThat(headline.getFirst())
                .isEqualTo("This run cannot tell whether a setting keeps the full cache's score of 0.90 to within 1"
                        + " point: it would need about 480 samples and has 20.");
        assertThat(headline.get(1))
                .isEqualTo("kivi:4bit comes nearest: 0.90 in 20 samples with 3.1 times fewer bytes, but with 95 %"
                        + " confidence it may lose up to 21.5 points (corrected for choosing among 2 settings).");
        assertThat(headline).noneMatch(sentence -> sentence.contains("keeps the full cache's score with"));
    }

    @Test
    void aLossNearTheMarginIsNotSaidToNeedMoreSamples() {
        var headline = method("full", 1000, 900)
                .method("random:2x", 1000, 500)
                .method("kivi:4bit", 1000, 891)
                .headline();
        assertThat(headline)
                .containsExactly(
                        "This run cannot tell whether a setting keeps the full cache's score of 0.90 to within 1"
                                + " point: the loss of kivi:4bit, which comes nearest, is too near 1 point.",
                        "kivi:4bit scores 0.89 in 2,000 samples with 3.1 times fewer bytes and with 95 % confidence"
                                + " loses between 0.6 and 1.3 points.");
    }

    /** A setting with as many bytes less and a score of zero is not the best of anything. */
    @Test
    void whatDoesNotBeatRandomIsNotRecommended() {
        var headline = method("full", 10, 10)
                .method("random:8x", 10, 0)
                .method("streaming:8x", 10, 0)
                .headline();
        assertThat(headline)
                .containsExactly(
                        "No setting keeps the full cache's score of 1.00: each loses more than 1 point with 95 %"
                                + " confidence.",
                        "No setting is shown to score more than tokens kept at random.");
        records.clear();
        var two = method("full", 2, 2)
                .method("random:8x", 2, 0)
                .method("kivi:2bit", 2, 2)
                .method("streaming:8x", 2, 0)
                .headline();
        assertThat(two).noneMatch(sentence -> sentence.contains("streaming"));
    }

    /** Where random choice keeps the score as well, keeping it is no merit. */
    @Test
    void tasksThatRandomChoiceSolvesTellNothing() {
        var headline = method("full", 1000, 900)
                .method("random:2x", 1000, 900)
                .method("snapkv:2x", 1000, 900)
                .headline();
        assertThat(headline)
                .containsExactly(
                        "These tasks cannot tell methods apart: a setting keeps the full cache's score of 0.90 to"
                                + " within 1 point, but is not shown to score more than tokens kept at random.");
    }

    /** A method that ran on one sample only has no bound, and does not hide the others. */
    @Test
    void aSettingWithoutAnIntervalIsNotTheNearest() {
        method("full", 10, 9).method("kivi:4bit", 10, 9);
        records.add(FakeRecords.record("kivi:2bit", 0, 0, 1024, 1, "x"));
        assertThat(headline().get(1)).startsWith("kivi:4bit comes nearest");
    }

    @Test
    void aSettingThatStoresMoreIsNoSaving() {
        method("full", 10, 10);
        for (int i = 0; i < 10; i++) {
            var record = FakeRecords.record("infllm:4x", 0, i, 1024, 1, "x");
            records.add(FakeRecords.with(record, 1004, 1004, record.fullCacheBytes() * 2, 1, 4));
        }
        assertThat(headline())
                .containsExactly("The full cache scores 1.00; no setting of this run stores fewer bytes.");
    }

    @Test
    void allLosersAreNamedAsSuch() {
        var headline = method("full", 50, 50)
                .method("random:4x", 50, 0)
                .method("snapkv:4x", 50, 30)
                .method("h2o:8x", 50, 20)
                .headline();
        assertThat(headline)
                .containsExactly(
                        "No setting keeps the full cache's score of 1.00: each loses more than 1 point with 95 %"
                                + " confidence.",
                        "snapkv:4x comes nearest: 0.60 in 100 samples with 4.0 times fewer bytes.",
                        "With still fewer bytes h2o:8x scores most: 0.40 at 8.0x; tokens kept at random score 0.00 at"
                                + " 4.0x.");
    }

    @Test
    void runsThatCannotBeComparedSaySo() {
        assertThat(headline()).containsExactly("This run has no full-cache row yet, so nothing can be compared.");
        method("full", 1, 1);
        assertThat(headline()).containsExactly("The full cache scores 1.00; no other method has run.");
        method("kivi:4bit", 1, 1);
        assertThat(headline())
                .containsExactly(
                        "This run cannot tell what methods lose: the full cache scores 1.00, but a category with one"
                                + " sample allows no interval. Raise --samples.");
        records.clear();
        assertThat(method("full", 20, 2).method("kivi:4bit", 20, 2).headline().getFirst())
                .startsWith("The full cache itself scores only 0.10 here");
    }

    /** A server's row has no ratio: it is not a setting to choose, so nothing is claimed of it but its score. */
    @Test
    void aServerIsComparedButIsNoSetting() {
        var headline = method("full", 1000, 900)
                .method("random:2x", 1000, 500)
                .method("kivi:4bit", 1000, 900)
                .server("vllm-fp8kv", 1000, 850)
                .headline();
        assertThat(headline.getFirst()).startsWith("kivi:4bit keeps").doesNotContain("corrected");
        assertThat(headline.getLast())
                .startsWith(
                        "The server vllm-fp8kv scores 0.85 in 2,000 samples, -0.05 against the full cache on the same"
                                + " samples (95 % interval -0.0");

        records.removeIf(record -> !record.method().equals("vllm-fp8kv"));
        assertThat(headline())
                .containsExactly(
                        "This run has no full-cache row yet, so nothing can be compared.",
                        "The server vllm-fp8kv scores 0.85 in 2,000 samples.");
    }
}

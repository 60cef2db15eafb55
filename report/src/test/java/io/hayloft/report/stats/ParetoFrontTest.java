package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
    private final List<BenchRecord> records = new ArrayList<>();

    private ParetoFrontTest method(String name, int samples, int right) {
        for (int i = 0; i < samples; i++) {
            records.add(FakeRecords.record(name, 0, i, 1024, i < right ? 1 : 0, "x"));
        }
        return this;
    }

    private List<String> front() {
        var findings = Findings.of(records);
        return Stream.of(
                        "full",
                        "random:4x",
                        "kivi:4bit",
                        "kivi:2bit",
                        "snapkv:4x",
                        "h2o:4x",
                        "streaming:8x",
                        "random:8x")
                .filter(findings::isOnFront)
                .toList();
    }

    @Test
    void holdsWhatIsShownToScoreMoreThanAllThatStoresNoMore() {
        method("full", 40, 40)
                .method("random:8x", 40, 2)
                .method("kivi:4bit", 40, 40)
                .method("snapkv:4x", 40, 20);
        assertThat(front()).containsExactly("kivi:4bit", "snapkv:4x");
    }

    @Test
    void aSettingThatDoesNotBeatRandomIsNeverOnIt() {
        method("full", 40, 40)
                .method("random:8x", 40, 0)
                .method("streaming:8x", 40, 0)
                .method("snapkv:4x", 40, 3);
        assertThat(front()).containsExactly("full");
    }

    /** 20 against 22 of 40 is chance; both have as many bytes, so only the higher one is named. */
    @Test
    void ofEqualBytesOnlyTheHigherScoreIsOnIt() {
        method("full", 40, 40)
                .method("random:4x", 40, 2)
                .method("snapkv:4x", 40, 20)
                .method("h2o:4x", 40, 22);
        assertThat(front()).containsExactly("full", "h2o:4x");
    }

    @Test
    void oneSampleShowsNothing() {
        method("full", 1, 1).method("random:8x", 1, 1).method("snapkv:4x", 1, 1);
        assertThat(front()).isEmpty();
    }
}

package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.tasks.registry.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LongBenchScoresTest {
    private static BenchRecord record(String task, String sample, double score, Map<String, Object> facets) {
        var any = FakeRecords.record("full", 0, 0, 1024, score, "x");
        var subject = any.subject();
        return new BenchRecord(
                new BenchRecord.Subject(
                        subject.model(),
                        "full",
                        "full",
                        task,
                        "1",
                        subject.category(),
                        sample,
                        1,
                        subject.protocol(),
                        facets),
                any.outcome(),
                any.tokens(),
                any.bytes(),
                any.times(),
                any.origin());
    }

    /** Scores 1/16, 2/16, ... of the sixteen tasks. */
    @Test
    void fifteenTasksAreAveraged() {
        var records = new ArrayList<BenchRecord>();
        double sum = 0;
        for (int i = 0; i < 16; i++) {
            var task = Tasks.longBench().get(i).name();
            records.add(record(task, "a", (i + 1) / 16.0, Map.of("length", 5)));
            sum += task.equals("passage_count") ? 0 : Math.round(10_000 * (i + 1) / 16.0) / 100.0;
        }
        var table = LongBenchScores.of(records, List.of("full")).getFirst();
        assertThat(table.columns())
                .hasSize(16 + 6 + 1)
                .contains("qasper", "single-document QA")
                .endsWith("code", "average of 15");
        var scores = table.rows().getFirst().scores();
        assertThat(scores.get(1)).isEqualTo(12.5);
        assertThat(scores.get(16)).isEqualTo(12.5); // the first category has three tasks: 6.25, 12.5, 18.75
        assertThat(scores.getLast()).isEqualTo(Math.round(100 * sum / 15) / 100.0);
        assertThat(LongBenchScores.of(records.subList(0, 5), List.of("full"))
                        .getFirst()
                        .columns())
                .doesNotContain("average of 15");
    }

    @Test
    void lengthsAndChoicesHaveTablesOfTheirOwn() {
        var records = List.of(
                record("qasper_e", "a", 1, Map.of("length", 3999)),
                record("qasper_e", "b", 0, Map.of("length", 8000)),
                record("longbench-v2", "a", 1, Map.of("difficulty", "easy", "length_group", "short")),
                record("longbench-v2", "b", 0, Map.of("difficulty", "hard", "length_group", "long")));
        var tables = LongBenchScores.of(records, List.of("full", "kivi:2bit"));
        assertThat(tables).hasSize(2);
        assertThat(tables.get(0).columns()).containsExactly("0-4k", "4-8k", "8k+");
        assertThat(tables.get(0).rows().getFirst().scores()).containsExactly(100.0, null, 0.0);
        assertThat(tables.get(0).rows().getLast().scores()).containsExactly(null, null, null);
        assertThat(tables.get(1).rows().getFirst().scores()).containsExactly(50.0, 100.0, 0.0, 100.0, null, 0.0);
    }
}

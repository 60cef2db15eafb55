package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import io.hayloft.tasks.metric.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScorePartsTest {
    private static BenchRecord answered(String method, Metric metric, List<String> references, String output) {
        double score = metric.best(output, references, List.of());
        var record = FakeRecords.record(method, 4, 0, 1024, score, output);
        return new BenchRecord(
                record.subject(),
                new BenchRecord.Outcome(metric.id(), score, references, List.of(), output, "eos"),
                record.tokens(),
                record.bytes(),
                record.times(),
                record.origin());
    }

    @Test
    void walksByDepth() {
        var up = List.of("Step 1: a, depth 2", "Step 2: b, depth 10");
        var down = List.of("Step 1: c, depth 1", "Step 2: d, depth 2");
        var tables = ScoreParts.of(List.of(
                answered("full", Metric.STEPS, up, "Step 1: a, depth 2\nStep 2: b, depth 10"),
                answered("full", Metric.STEPS, down, "Step 1: c, depth 1"),
                answered("h2o:2x", Metric.STEPS, up, ""),
                FakeRecords.record("full", 6, 1, 1024, 1, "harbour 17")));
        assertThat(tables).hasSize(1);
        assertThat(tables.getFirst().parts()).containsExactly("depth 1", "depth 2", "depth 10");
        var rows = tables.getFirst().rows();
        assertThat(rows.getFirst()).isEqualTo(new ScoreParts.Row("full", 0.75, List.of(1.0, 0.5, 1.0)));
        assertThat(rows.get(1)).isEqualTo(new ScoreParts.Row("h2o:2x", 0, List.of(Double.NaN, 0.0, 0.0)));
    }

    @Test
    void instructionsOneByOne() {
        var references = List.of("Report 12:", "Captain Brine", "red jug", "123456");
        var table = ScoreParts.of(List.of(
                        answered("full", Metric.INSTRUCTIONS, references, "Report 12: Captain Brine: the red jug."),
                        answered("full", Metric.INSTRUCTIONS, references, "Report 12: it is 123 456.")))
                .getFirst();
        assertThat(table.parts()).containsExactly("format", "persona", "answer", "secret", "leaked");
        assertThat(table.rows().getFirst())
                .isEqualTo(new ScoreParts.Row("full", 0.5, List.of(1.0, 0.5, 0.5, 0.5, 0.5)));
    }
}

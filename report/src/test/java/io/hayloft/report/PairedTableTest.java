package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.Warnings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTableTest {
    /** 40 samples: 6 lost, 2 won, 3 cut short, answers twice as long, one more that failed. */
    private static RunFolder run() {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 40; i++) {
            boolean won = i == 6 || i == 7;
            var method = FakeRecords.record("snapkv:4x", 0, i, 1024, i < 6 ? 0 : 1, "x");
            records.add(FakeRecords.withTokens(FakeRecords.record("full", 0, i, 1024, won ? 0 : 1, "x"), 4, "eos"));
            records.add(FakeRecords.record("random:4x", 0, i, 1024, 0, "x"));
            records.add(FakeRecords.withTokens(method, 8, i < 3 ? "length" : "eos"));
        }
        var failed = FakeRecords.record("snapkv:4x", 0, 40, 1024, 0, "x").subject();
        var run = FakeRecords.run(Path.of("run"), records);
        return new RunFolder(
                run.path(),
                run.info(),
                run.records(),
                List.of(new FailedRecord(failed, "key", "machine", "no memory")),
                List.of());
    }

    /** A score has 100 points, and of two samples even 140 would not be certain. */
    @Test
    void aRunThatCanFindNoLossSaysSo() {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 2; i++) {
            records.add(FakeRecords.record("full", 0, i, 1024, 1, "x"));
            records.add(FakeRecords.record("snapkv:4x", 0, i, 1024, i, "x"));
        }
        var findings = Findings.of(records);
        var table = PairedTable.of(FakeRecords.run(Path.of("run"), records), findings);
        assertThat(ResultTable.texts(table.rows().getFirst()).get(5)).isEqualTo("none");
        assertThat(Warnings.of(findings, records))
                .contains("a category has only 2 samples: so few samples cannot show any loss, however large:"
                        + " raise --samples");
        var values = SummaryExport.of(FakeRecords.run(Path.of("run"), records), Grouping.METHOD, TableFormat.CSV);
        assertThat(values.rows().get(1).get(values.columns().indexOf("detectable_loss")))
                .isNull();
    }

    @Test
    void saysOfHowManySettingsNoLossCanBeFound() {
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 200; i++) {
            records.add(FakeRecords.record("full", 0, i, 1024, 1, "x"));
            records.add(FakeRecords.record("snapkv:2x", 0, i, 1024, i % 50 == 0 ? 0 : 1, "x"));
            if (i < 2) {
                records.add(FakeRecords.record("snapkv:4x", 0, i, 1024, i, "x"));
            }
        }
        assertThat(Warnings.of(Findings.of(records), records))
                .anyMatch(
                        line -> line.matches("a category has only 2 samples: .*losses below [0-9]+ points pass unseen;"
                                + " for 1 of 2 settings no loss can be detected: raise --samples"));
    }

    @Test
    void eachMethodHasItsFlipsLengthsAndWhatTheRunCanFind() {
        var run = run();
        var findings = Findings.of(run.records());
        var table = PairedTable.of(run, findings);
        assertThat(table.columns())
                .containsExactly(
                        "method",
                        "won/lost/same",
                        "differ",
                        "worst 5 %",
                        "answer length",
                        "finds a loss of",
                        "1 point needs",
                        "cut short",
                        "failed");
        assertThat(table.rows()).hasSize(2);
        var snapkv = ResultTable.texts(table.rows().get(1));
        // variance of the differences: 8/40 - (4/40)^2 = 0.19, with n - 1 0.1949; 2.8 x root(0.1949 / 40) = 0.1955
        assertThat(snapkv.subList(0, 6))
                .containsExactly("snapkv:4x", "2/6/32", "20 %", "-1.00", "x2.00 [2.00, 2.00]", "19.6 points");
        // 6.18 x 0.1949 / 0.01^2
        assertThat(Integer.parseInt(snapkv.get(6).replace(",", ""))).isBetween(12_000, 12_100);
        assertThat(snapkv.subList(7, 9)).containsExactly("3", "1");
        assertThat(ResultTable.texts(table.rows().getFirst()).subList(1, 7))
                .containsExactly("0/38/2", "95 %", "-1.00", "x1.00 [1.00, 1.00]", "-", "-");
    }

    @Test
    void aRunWithoutTheFullCacheHasNoRows() {
        var records = run().records().stream()
                .filter(record -> !record.method().equals("full"))
                .toList();
        assertThat(PairedTable.of(FakeRecords.run(Path.of("run"), records), Findings.of(records)))
                .isEqualTo(new ResultTable(List.of(), List.of()));
    }
}

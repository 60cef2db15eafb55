package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.FakeRecords;
import io.hayloft.tasks.metric.PassKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyDigitsTest {
    private static BenchRecord answered(String method, String key, String output) {
        var record = FakeRecords.record(method, 6, 0, 1024, PassKey.exact(output, key) ? 1 : 0, output);
        return new BenchRecord(
                record.subject(),
                new BenchRecord.Outcome("passkey_exact/1", record.score(), List.of(key), List.of(), output, "eos"),
                record.tokens(),
                record.bytes(),
                record.times(),
                record.origin());
    }

    @Test
    void digitsInTheirPlaces() {
        assertThat(PassKey.digitsRight("It is 1234.", "1234")).containsExactly(true, true, true, true);
        assertThat(PassKey.digitsRight("99 1234", "1234")).containsOnly(true);
        assertThat(PassKey.digitsRight(" 12x94 5", "1234")).containsExactly(true, true, false, true);
        assertThat(PassKey.digitsRight("1", "1234")).containsExactly(true, false, false, false);
        assertThat(PassKey.digitsRight("", "12")).containsOnly(false);
    }

    @Test
    void averagesByMethodAndLengthOfKey() {
        var tables = KeyDigits.of(List.of(
                answered("full", "1234", "1234"),
                answered("full", "5678", "5670"),
                answered("h2o:2x", "1234", "none"),
                answered("full", "12", "12"),
                FakeRecords.record("full", 6, 1, 1024, 1, "harbour 17")));
        assertThat(tables).extracting(KeyDigits::digits).containsExactly(2, 4);
        var rows = tables.getLast().rows();
        assertThat(rows).extracting(KeyDigits.Row::method).containsExactly("full", "h2o:2x");
        assertThat(rows.getFirst().exact()).isEqualTo(0.5);
        assertThat(rows.getFirst().partial()).isEqualTo((1 + 0.75) / 2);
        assertThat(rows.getFirst().byDigit()).containsExactly(1.0, 1.0, 1.0, 0.5);
        assertThat(rows.getFirst().right(2, 4)).isEqualTo(0.75);
        assertThat(rows.getLast().byDigit()).containsOnly(0.0);
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.PassKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/**
 * How pass keys of one length were answered, digit by digit: while a key is written, each digit is decoded from the
 * compressed cache, and later digits show what decoding damages.
 *
 * @param digits digits of the keys
 * @param rows one for each method, in the order of the records
 */
public record KeyDigits(int digits, List<Row> rows) {
    /** Copies the list. */
    public KeyDigits {
        rows = List.copyOf(rows);
    }

    /**
     * The answers of one method.
     *
     * @param exact share of answers that hold the key
     * @param partial mean of the longest run of right characters over the length of the key
     * @param byDigit share of answers with the right digit, for each digit
     */
    public record Row(String method, double exact, double partial, List<Double> byDigit) {
        /** The share of right digits from a position, from 0, to below another. */
        public double right(int from, int to) {
            return byDigit.subList(from, to).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.NaN);
        }
    }

    /** The tables of all lengths of keys, shortest first; none without such tasks. */
    public static List<KeyDigits> of(List<BenchRecord> records) {
        var byLength = new TreeMap<Integer, LinkedHashMap<String, List<BenchRecord>>>();
        for (var record : records) {
            if (record.outcome().metric().equals(Metric.PASS_KEY.id())
                    && record.references().size() == 1) {
                byLength.computeIfAbsent(record.references().getFirst().length(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(record.method(), _ -> new ArrayList<>())
                        .add(record);
            }
        }
        var tables = new ArrayList<KeyDigits>();
        byLength.forEach((digits, byMethod) -> {
            var rows = new ArrayList<Row>();
            byMethod.forEach((method, ofMethod) -> rows.add(row(method, digits, ofMethod)));
            tables.add(new KeyDigits(digits, rows));
        });
        return tables;
    }

    private static Row row(String method, int digits, List<BenchRecord> records) {
        double exact = 0;
        double partial = 0;
        var right = new double[digits];
        for (var record : records) {
            var key = record.references().getFirst();
            exact += record.score();
            partial += PassKey.partial(record.output(), key);
            var found = PassKey.digitsRight(record.output(), key);
            for (int i = 0; i < digits; i++) {
                right[i] += found[i] ? 1 : 0;
            }
        }
        var byDigit = new ArrayList<Double>();
        for (double hits : right) {
            byDigit.add(hits / records.size());
        }
        return new Row(method, exact / records.size(), partial / records.size(), byDigit);
    }
}

package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.ReportData.Score;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Scores by the length of prompts.
 *
 * @param lengths tokens, ascending: those that were asked for, or powers of two that the prompts do not exceed
 * @param bounds whether they are such bounds
 * @param scores by method, then by length
 */
record LengthScores(List<Integer> lengths, boolean bounds, List<List<Score>> scores) {
    /** Most lengths that are shown one by one. */
    private static final int MOST = 10;

    private static final String LENGTH = "length";

    static LengthScores of(List<BenchRecord> records, List<String> methods) {
        long asked = records.stream()
                .map(record -> record.facets().get(LENGTH))
                .distinct()
                .count();
        boolean bounds = asked > MOST
                || records.stream().anyMatch(record -> !(record.facets().get(LENGTH) instanceof Number));
        ToIntFunction<BenchRecord> length = bounds ? LengthScores::bound : LengthScores::facet;
        var sorted = records.stream().sorted(Comparator.comparingInt(length)).toList();
        var table = Statistics.summaryBy(sorted, record -> String.valueOf(length.applyAsInt(record)));
        var scores = new ArrayList<List<Score>>();
        for (var method : methods) {
            scores.add(table.rows().stream()
                    .filter(row -> row.method().equals(method))
                    .findFirst()
                    .map(SummaryTable.Row::cells)
                    .orElse(List.of())
                    .stream()
                    .map(ReportData::score)
                    .toList());
        }
        return new LengthScores(
                table.categories().stream().map(Integer::valueOf).toList(), bounds, scores);
    }

    private static int facet(BenchRecord record) {
        return record.facets().get(LENGTH) instanceof Number length ? length.intValue() : 0;
    }

    private static int bound(BenchRecord record) {
        return Math.max(256, Integer.highestOneBit(Math.max(1, record.promptTokens() - 1)) << 1);
    }
}

package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Cell;
import io.hayloft.report.stats.SummaryTable.Difference;
import java.util.List;

/**
 * One setting against the full cache, on samples that did not choose it: as there is only one claim, its level is not
 * shared.
 *
 * @param full score of the full cache on the samples that both ran
 * @param setting score of the setting on all its samples
 * @param difference setting less full
 * @param loss whether it loses less than the margin
 * @param margin the loss that still counts as keeping the score
 * @param beatsRandom whether it is shown to score more than tokens kept at random, or none are in the run
 */
public record HeldOutCheck(
        Cell full,
        Cell setting,
        Difference difference,
        NonInferiority.Result loss,
        double margin,
        boolean beatsRandom) {
    /**
     * Checks a setting.
     *
     * @param records of a run that has it and the full cache
     * @param margin 0.01 for one point
     */
    public static HeldOutCheck of(List<BenchRecord> records, String method, double margin) {
        var methods = Groups.by(records, BenchRecord::method);
        var own = methods.getOrDefault(method, List.of());
        var full = methods.getOrDefault(Groups.FULL, List.of());
        var pairs = Pairs.of(own, Pairs.scores(full), BenchRecord::category);
        boolean beats = true;
        for (var other : methods.entrySet()) {
            if (other.getKey().split("[:+ ]", 2)[0].equals("random") && !other.getKey().equals(method)) {
                var random = Pairs.scores(other.getValue());
                beats &= Pairs.of(own, random, BenchRecord::category).isHigher();
            }
        }
        return new HeldOutCheck(
                Cells.of(full, BenchRecord::category),
                Cells.of(own, BenchRecord::category),
                pairs.difference(),
                NonInferiority.of(List.of(pairs.differences()), margin).getFirst(),
                margin,
                beats);
    }
}

package io.hayloft.report;

import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Findings.Finding;
import io.hayloft.report.stats.LengthDrift;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How each method differs from the full cache sample by sample, and what a run of this size can find; rounded for people. */
public final class PairedTable {
    private PairedTable() {}

    /** A row for each method that ran on samples of the full cache; without columns if there is none. */
    public static ResultTable of(RunFolder run, Findings findings) {
        var settings = findings.settings().stream()
                .collect(Collectors.toMap(setting -> setting.row().method(), one -> one));
        var failed = run.failures().stream()
                .map(FailedRecord::subject)
                .collect(Collectors.groupingBy(subject -> subject.method(), Collectors.counting()));
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        for (var row : findings.table().rows()) {
            var method = row.method();
            if (!row.isFull() && row.difference().pairs() > 0) {
                var cells = cells(method, findings, settings.get(method));
                cells.put("cut short", findings.truncated(method));
                cells.put("failed", failed.getOrDefault(method, 0L));
                rows.add(cells);
            }
        }
        return ResultTable.of(rows);
    }

    private static Map<String, @Nullable Object> cells(String method, Findings findings, @Nullable Finding setting) {
        var cells = new LinkedHashMap<String, @Nullable Object>();
        var flips = findings.flips(method);
        cells.put("method", method);
        cells.put("won/lost/same", flips.wins() + "/" + flips.losses() + "/" + flips.ties());
        cells.put("differ", percent(flips.rate()));
        cells.put("worst 5 %", Digits.difference(flips.worst()));
        cells.put("answer length", length(findings.lengths(method)));
        var loss = setting == null ? null : setting.loss();
        cells.put("finds a loss of", loss == null ? "-" : found(loss.detectable()));
        cells.put(
                "1 point needs",
                loss == null || loss.needed() == 0 ? "-" : String.format(Locale.ROOT, "%,d", loss.needed()));
        return cells;
    }

    private static String found(double loss) {
        if (Double.isNaN(loss)) {
            return "-";
        }
        return Double.isInfinite(loss) ? "none" : Digits.fixed(100 * loss, 1) + " points";
    }

    private static String percent(double share) {
        return Digits.fixed(100 * share, 0) + " %";
    }

    private static String length(LengthDrift drift) {
        var interval = drift.interval();
        return "x" + Digits.score(drift.ratio())
                + (interval.exists()
                        ? " [" + Digits.score(interval.low()) + ", " + Digits.score(interval.high()) + "]"
                        : "");
    }
}

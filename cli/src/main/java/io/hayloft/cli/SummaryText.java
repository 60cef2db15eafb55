package io.hayloft.cli;

import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table at the end of a run: a row for each method, scores from 0 to 1 with their standard errors, as in the report. */
final class SummaryText {
    private SummaryText() {}

    static String of(SummaryTable summary) {
        var table = new Table().text("method");
        for (var category : summary.categories()) {
            table.number(stacked(category));
        }
        boolean several = summary.categories().size() > 1;
        if (several) {
            table.number("mean");
        }
        table.number("ratio").number(stacked("bytes/ token"));
        if (summary.storesMore()) {
            table.number(stacked("stored/ token"));
        }
        for (var measure : List.of("compress s", "prefill tok/s", "decode tok/s")) {
            table.number(stacked(measure));
        }
        for (var row : summary.rows()) {
            var cells = new ArrayList<>(List.of(row.method()));
            row.cells().forEach(cell -> cells.add(score(cell)));
            if (several) {
                cells.add(score(row.mean()));
            }
            cells.add(number("%.2fx", row.achievedRatio()));
            cells.add(number("%,.0f", row.bytesPerToken()));
            if (summary.storesMore()) {
                cells.add(number("%,.0f", row.storedBytesPerToken()));
            }
            cells.add(number("%.3f", row.compressSeconds()));
            cells.add(number("%,.0f", row.prefillRate()));
            cells.add(number("%,.0f", row.decodeRate()));
            table.row(cells);
        }
        return table.render();
    }

    /** A header of several words takes several lines, so that the columns stay narrow. */
    private static String stacked(String header) {
        return header.replace(' ', '\n').replace("-", "-\n");
    }

    private static String score(Cell cell) {
        if (Double.isNaN(cell.mean())) {
            return "-";
        }
        var mean = Digits.score(cell.mean());
        return Double.isNaN(cell.error()) ? mean : mean + " ±" + Digits.score(cell.error());
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}

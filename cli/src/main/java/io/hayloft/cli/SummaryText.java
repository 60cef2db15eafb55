package io.hayloft.cli;

import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.KeyDigits;
import io.hayloft.report.stats.SummaryTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table at the end of a run: a row for each method, with its scores in each category as in the report. */
final class SummaryText {
    /** Most columns for the digits of a key; longer keys are put together in parts. */
    private static final int KEY_COLUMNS = 8;

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
        if (summary.hasState()) {
            table.number(stacked("state bytes")).number(stacked("cache bytes/ token"));
        }
        if (summary.readsLess()) {
            table.number(stacked("read/ step and token"));
        }
        for (var measure : List.of("compress s", "prefill tok/s", "decode tok/s")) {
            table.number(stacked(measure));
        }
        for (var row : summary.rows()) {
            var cells = new ArrayList<>(List.of(row.method()));
            row.cells().forEach(cell -> cells.add(Digits.score(cell)));
            if (several) {
                cells.add(Digits.mean(row.mean()));
            }
            cells.add(number("%.2fx", row.bytes().achievedRatio()));
            cells.add(number("%,.0f", row.bytes().perToken()));
            if (summary.hasState()) {
                cells.add(number("%,.0f", row.bytes().state()));
                cells.add(number("%,.0f", row.bytes().cachePerToken()));
            }
            if (summary.readsLess()) {
                cells.add(number("%,.0f", row.bytes().readPerToken()));
            }
            cells.add(number("%.3f", row.speed().compressSeconds()));
            cells.add(number("%,.0f", row.speed().prefillRate()));
            cells.add(number("%,.0f", row.speed().decodeRate()));
            table.row(cells);
        }
        return table.render();
    }

    /** How keys of one length were answered: exactly, the longest right part, and the share of right digits by position. */
    static String ofKeys(KeyDigits keys) {
        var table = new Table()
                .text("keys of " + keys.digits() + " digits")
                .number("exact")
                .number("partial");
        int parts = Math.min(KEY_COLUMNS, keys.digits());
        for (int part = 0; part < parts; part++) {
            int first = keys.digits() * part / parts + 1;
            int last = keys.digits() * (part + 1) / parts;
            table.number((part == 0 ? "digit\n" : "") + (first == last ? "" + first : first + "-" + last));
        }
        for (var row : keys.rows()) {
            var cells =
                    new ArrayList<>(List.of(row.method(), number("%.2f", row.exact()), number("%.2f", row.partial())));
            for (int part = 0; part < parts; part++) {
                cells.add(number("%.2f", row.right(keys.digits() * part / parts, keys.digits() * (part + 1) / parts)));
            }
            table.row(cells);
        }
        return table.render();
    }

    /** A header of several words takes several lines, so that the columns stay narrow. */
    private static String stacked(String header) {
        return header.replace(' ', '\n').replace("-", "-\n");
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}

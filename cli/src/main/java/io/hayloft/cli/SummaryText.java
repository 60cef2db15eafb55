package io.hayloft.cli;

import io.hayloft.bench.record.LabelFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.SummaryExport;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.KeyDigits;
import io.hayloft.report.stats.ScoreParts;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The summary of a run: a row for each method, with its scores in each category as in the report. */
final class SummaryText {
    /** Most columns for the digits of a key; longer keys are put together in parts. */
    private static final int KEY_COLUMNS = 8;
    /** Columns are left out in this order where a terminal is narrow; categories, from the last, between the two. */
    private static final List<String> FIRST_TO_GO =
            List.of("prefill tok/s", "compress s", "read/ step and token", "decode tok/s");

    private static final int CATEGORIES = 10;
    private static final int LABEL = 19;
    private static final int BYTES = 20;
    private static final int DIFFERENCE = 21;
    private static final int RATIO = 22;

    private SummaryText() {}

    /** Prints a run's summary; as Parquet it becomes a file in its folder, whose name is printed. */
    static void print(PrintWriter out, RunFolder run, Grouping by, TableFormat format) {
        switch (format) {
            case TABLE -> {
                var table = Statistics.by(run.records(), by);
                out.println(of(table, by, LabelFile.of(run.path(), table.methods()), Terminal.width()));
            }
            case PARQUET ->
                out.println(SummaryExport.of(run, by, format)
                        .writeParquet(run.path().resolve("summary.parquet")));
            case MD, CSV, JSON, LATEX -> RunOptions.print(out, SummaryExport.of(run, by, format), format);
        }
    }

    static String of(SummaryTable summary, Grouping by, Map<String, String> labels, int width) {
        var table = new Table().text("method");
        if (!labels.isEmpty()) {
            table.text("label").priority(LABEL);
        }
        boolean columns = by != Grouping.METHOD;
        boolean one = columns && summary.categories().size() == 1;
        if (columns) {
            for (var category : summary.categories()) {
                table.number(stacked(category)).priority(one ? Table.ALWAYS : CATEGORIES);
            }
        }
        if (!one) {
            table.number("mean");
        }
        table.number(stacked("against full")).priority(DIFFERENCE);
        table.number("ratio").priority(RATIO).number(stacked("bytes/ token")).priority(BYTES);
        if (summary.hasState()) {
            table.number(stacked("state bytes")).priority(BYTES);
            table.number(stacked("cache bytes/ token")).priority(BYTES);
        }
        if (summary.readsLess()) {
            speed(table, "read/ step and token");
        }
        for (var measure : List.of("compress s", "prefill tok/s", "decode tok/s")) {
            speed(table, measure);
        }
        for (var row : summary.rows()) {
            var cells = new ArrayList<>(List.of(row.method()));
            if (!labels.isEmpty()) {
                cells.add(labels.getOrDefault(row.method(), ""));
            }
            if (columns) {
                row.cells().forEach(cell -> cells.add(Digits.score(cell)));
            }
            if (!one) {
                cells.add(Digits.mean(row.mean()));
            }
            cells.add(row.isFull() ? "-" : SummaryExport.difference(row.difference()));
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
        return table.render(width);
    }

    private static void speed(Table table, String measure) {
        table.number(stacked(measure)).priority(FIRST_TO_GO.indexOf(measure));
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
        return table.render(Terminal.width());
    }

    /** How the parts of the answers to one task scored: places in long answers, depths of walks, instructions. */
    static String ofParts(ScoreParts parts) {
        var table = new Table().text(parts.task()).number("score");
        parts.parts().forEach(part -> table.number(stacked(part)));
        for (var row : parts.rows()) {
            var cells = new ArrayList<>(List.of(row.method(), number("%.2f", row.score())));
            row.byPart().forEach(share -> cells.add(number("%.2f", share)));
            table.row(cells);
        }
        return table.render(Terminal.width());
    }

    /** A header of several words takes several lines, so that the columns stay narrow. */
    private static String stacked(String header) {
        return header.replace(' ', '\n').replace("-", "-\n");
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}

package io.hayloft.cli;

import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.SummaryExport;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The summary of a run: a row for each method, with its scores in each category as in the report. */
final class SummaryText {
    /** Columns are left out in this order where a terminal is narrow; categories, from the last, between the two. */
    private static final List<String> FIRST_TO_GO =
            List.of("prefill tok/s", "compress s", "read/ step and token", "decode tok/s");

    private static final int CATEGORIES = 10;
    private static final int BYTES = 20;
    private static final int DIFFERENCE = 21;
    private static final int RATIO = 22;

    private SummaryText() {}

    /** Prints a run's summary; as Parquet it becomes a file in its folder, whose name is printed. */
    static void print(PrintWriter out, RunFolder run, Grouping by, TableFormat format) {
        switch (format) {
            case TABLE -> out.println(of(Statistics.by(run.records(), by), by, Terminal.width()));
            case PARQUET ->
                out.println(SummaryExport.of(run, by, format)
                        .writeParquet(run.path().resolve("summary.parquet")));
            case MD, CSV, JSON, LATEX -> RunOptions.print(out, SummaryExport.of(run, by, format), format);
        }
    }

    static String of(SummaryTable summary, Grouping by, int width) {
        var table = new Table().text("method");
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
        if (summary.readsLess()) {
            speed(table, "read/ step and token");
        }
        for (var measure : List.of("compress s", "prefill tok/s", "decode tok/s")) {
            speed(table, measure);
        }
        for (var row : summary.rows()) {
            var cells = new ArrayList<>(List.of(row.method()));
            if (columns) {
                row.cells().forEach(cell -> cells.add(Digits.score(cell)));
            }
            if (!one) {
                cells.add(Digits.mean(row.mean()));
            }
            cells.add(row.isFull() ? "-" : SummaryExport.difference(row.difference()));
            cells.add(number("%.2fx", row.bytes().achievedRatio()));
            cells.add(number("%,.0f", row.bytes().perToken()));
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

    /** A header of several words takes several lines, so that the columns stay narrow. */
    private static String stacked(String header) {
        return header.replace(' ', '\n').replace("-", "-\n");
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}

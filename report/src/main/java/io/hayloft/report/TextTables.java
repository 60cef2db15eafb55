package io.hayloft.report;

import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Difference;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The summary as text for papers and issue threads. */
final class TextTables {
    private TextTables() {}

    static String markdown(SummaryTable table) {
        var lines = new ArrayList<String>();
        lines.add(row(header(table)));
        lines.add(row(header(table).stream()
                .map(name -> name.equals("method") ? "---" : "---:")
                .toList()));
        for (var row : table.rows()) {
            lines.add(row(cells(row, table.readsLess())));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String row(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** A booktabs table; the document needs {@code \\usepackage{booktabs}}. */
    static String latex(SummaryTable table) {
        var lines = new ArrayList<String>();
        lines.add("\\begin{tabular}{l" + "r".repeat(header(table).size() - 1) + "}");
        lines.add("\\toprule");
        lines.add(latexRow(header(table)));
        lines.add("\\midrule");
        for (var row : table.rows()) {
            lines.add(latexRow(cells(row, table.readsLess())));
        }
        lines.add("\\bottomrule");
        lines.add("\\end{tabular}");
        return String.join("\n", lines) + "\n";
    }

    private static String latexRow(List<String> cells) {
        return cells.stream().map(TextTables::escapeLatex).collect(Collectors.joining(" & ")) + " \\\\";
    }

    private static String escapeLatex(String text) {
        return text.replaceAll("([&%$#_{}])", "\\\\$1").replace("±", "$\\pm$").replace("×", "$\\times$");
    }

    private static List<String> header(SummaryTable table) {
        var names = new ArrayList<String>();
        names.add("method");
        names.addAll(table.categories());
        names.addAll(List.of("mean [95 %]", "against full [95 %]", "ratio", "bytes/token"));
        if (table.readsLess()) {
            names.add("read/step and token");
        }
        names.addAll(List.of("compress s", "prefill tok/s", "decode tok/s"));
        return names;
    }

    private static List<String> cells(Row row, boolean read) {
        var cells = new ArrayList<String>();
        cells.add(row.method());
        for (var cell : row.cells()) {
            cells.add(Digits.score(cell));
        }
        cells.add(Digits.mean(row.mean()));
        cells.add(row.isFull() ? "-" : difference(row.difference()));
        var bytes = row.bytes();
        cells.add(row.isOfServer() ? "-" : Digits.fixed(bytes.achievedRatio(), 1) + "×");
        cells.add(Digits.fixed(bytes.perToken(), 0));
        if (read) {
            cells.add(Digits.fixed(bytes.readPerToken(), 0));
        }
        cells.add(Digits.fixed(row.speed().compressSeconds(), 3));
        cells.add(Digits.fixed(row.speed().prefillRate(), 0));
        cells.add(Digits.fixed(row.speed().decodeRate(), 0));
        return cells;
    }

    private static String difference(Difference difference) {
        if (difference.pairs() == 0) {
            return "-";
        }
        var mean = Digits.difference(difference.mean());
        var interval = difference.interval();
        return interval.exists()
                ? mean + " [" + Digits.difference(interval.low()) + ", " + Digits.difference(interval.high()) + "]"
                        + (difference.hasFewPairs() ? " (few samples)" : "")
                : mean + " (no interval)";
    }
}

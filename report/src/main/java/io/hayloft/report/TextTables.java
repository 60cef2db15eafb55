package io.hayloft.report;

import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.SummaryTable;
import io.hayloft.report.stats.SummaryTable.Cell;
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
            lines.add(row(cells(row, table.storesMore())));
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
            lines.add(latexRow(cells(row, table.storesMore())));
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
        names.addAll(List.of("mean", "against full", "ratio", "bytes/token"));
        if (table.storesMore()) {
            names.add("stored/token");
        }
        names.addAll(List.of("compress s", "prefill tok/s", "decode tok/s"));
        return names;
    }

    private static List<String> cells(Row row, boolean stored) {
        var cells = new ArrayList<String>();
        cells.add(row.method());
        for (var cell : row.cells()) {
            cells.add(score(cell));
        }
        cells.add(score(row.mean()));
        var difference = row.difference();
        boolean compared = !row.method().equals("full") && difference.pairs() > 0;
        cells.add(compared ? difference(difference) : "-");
        cells.add(Digits.fixed(row.achievedRatio(), 1) + "×");
        cells.add(Digits.fixed(row.bytesPerToken(), 0));
        if (stored) {
            cells.add(Digits.fixed(row.storedBytesPerToken(), 0));
        }
        cells.add(Digits.fixed(row.compressSeconds(), 3));
        cells.add(Digits.fixed(row.prefillRate(), 0));
        cells.add(Digits.fixed(row.decodeRate(), 0));
        return cells;
    }

    private static String difference(Difference difference) {
        var mean = Digits.difference(difference.mean());
        return Double.isNaN(difference.low())
                ? mean + " (no interval)"
                : mean + " [" + Digits.difference(difference.low()) + ", " + Digits.difference(difference.high()) + "]";
    }

    private static String score(Cell cell) {
        if (cell.count() == 0) {
            return "-";
        }
        var mean = Digits.score(cell.mean());
        return Double.isNaN(cell.error()) ? mean : mean + " ± " + Digits.score(cell.error());
    }
}

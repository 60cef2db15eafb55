package io.hayloft.report;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.Json;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows with named columns.
 *
 * @param columns names, all different
 * @param rows values in the order of the columns: texts, numbers, booleans, or null
 */
public record ResultTable(List<String> columns, List<List<@Nullable Object>> rows) {
    /** Copies the columns. */
    public ResultTable {
        columns = List.copyOf(columns);
    }

    /** A table of rows that all have the same names in the same order; no rows give no columns. */
    public static ResultTable of(List<? extends Map<String, @Nullable Object>> rows) {
        var columns =
                rows.isEmpty() ? List.<String>of() : List.copyOf(rows.getFirst().keySet());
        var values = new ArrayList<List<@Nullable Object>>();
        for (var row : rows) {
            values.add(new ArrayList<>(row.values()));
        }
        return new ResultTable(columns, values);
    }

    /**
     * The table as text.
     *
     * @param format Markdown, CSV, JSON or LaTeX
     */
    public String text(TableFormat format) {
        return switch (format) {
            case MD -> markdown();
            case CSV -> csv();
            case JSON -> json();
            case LATEX -> latex();
            case TABLE, PARQUET -> throw new IllegalArgumentException(format + " is not a text format");
        };
    }

    private String markdown() {
        var lines = new ArrayList<String>();
        lines.add(markdownRow(columns));
        lines.add(markdownRow(aligned("---", "---:")));
        for (List<@Nullable Object> row : rows) {
            lines.add(markdownRow(texts(row)));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String markdownRow(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String latex() {
        var lines = new ArrayList<String>();
        lines.add("\\begin{tabular}{" + String.join("", aligned("l", "r")) + "}");
        lines.add("\\toprule");
        lines.add(latexRow(columns));
        lines.add("\\midrule");
        for (List<@Nullable Object> row : rows) {
            lines.add(latexRow(texts(row)));
        }
        lines.add("\\bottomrule");
        lines.add("\\end{tabular}");
        return String.join("\n", lines) + "\n";
    }

    private static String latexRow(List<String> cells) {
        return cells.stream().map(ResultTable::escapeLatex).collect(Collectors.joining(" & ")) + " \\\\";
    }

    private static String escapeLatex(String text) {
        var escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\textbackslash{}");
                case '~' -> escaped.append("\\textasciitilde{}");
                case '^' -> escaped.append("\\textasciicircum{}");
                case '&', '%', '$', '#', '_', '{', '}' -> escaped.append('\\').append(c);
                case '±' -> escaped.append("$\\pm$");
                case '×' -> escaped.append("$\\times$");
                case '\n' -> escaped.append(' ');
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** The first column is on the left, the others on the right. */
    private List<String> aligned(String left, String right) {
        var marks = new ArrayList<String>();
        columns.forEach(name -> marks.add(marks.isEmpty() ? left : right));
        return marks;
    }

    /** RFC 4180, lines end with a line feed. */
    private String csv() {
        var lines = new ArrayList<String>();
        lines.add(csvRow(columns));
        for (List<@Nullable Object> row : rows) {
            lines.add(csvRow(texts(row)));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String csvRow(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.matches("(?s).*[,\"\\r\\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
                .collect(Collectors.joining(","));
    }

    private String json() {
        var objects = new ArrayList<Map<String, @Nullable Object>>();
        for (var row : rows) {
            var object = new LinkedHashMap<String, @Nullable Object>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        return objects.stream().map(Json::line).collect(Collectors.joining(",\n", "[", "]\n"));
    }

    /** The cells of a row as text; empty for null. */
    public static List<String> texts(List<@Nullable Object> row) {
        var texts = new ArrayList<String>();
        for (var value : row) {
            texts.add(value == null ? "" : value.toString());
        }
        return texts;
    }

    /**
     * Writes the table as a Parquet file.
     *
     * @throws UserError if it cannot be written
     */
    public Path writeParquet(Path file) {
        var names = columns.stream().map(RunQuery::name).toList();
        var types = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            types.add(names.get(i) + " " + type(i));
        }
        var marks = columns.stream().map(any -> "?").collect(Collectors.joining(", "));
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE result (" + String.join(", ", types) + ")");
            try (var insert = connection.prepareStatement("INSERT INTO result VALUES (" + marks + ")")) {
                for (var row : rows) {
                    for (int i = 0; i < row.size(); i++) {
                        insert.setObject(i + 1, row.get(i));
                    }
                    insert.execute();
                }
            }
            statement.execute("COPY result TO " + RunQuery.quoted(file.toString()) + " (FORMAT parquet)");
            return file;
        } catch (SQLException e) {
            throw new UserError("cannot write " + file + ": " + RunQuery.reason(e), e);
        }
    }

    private String type(int column) {
        boolean whole = true;
        boolean number = true;
        boolean truth = true;
        for (var row : rows) {
            var value = row.get(column);
            whole &= value == null || value instanceof Integer || value instanceof Long;
            number &= value == null || value instanceof Number;
            truth &= value == null || value instanceof Boolean;
        }
        return whole ? "BIGINT" : number ? "DOUBLE" : truth ? "BOOLEAN" : "VARCHAR";
    }
}

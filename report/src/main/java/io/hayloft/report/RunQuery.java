package io.hayloft.report;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers SQL about the records of a run, with DuckDB, which reads {@code records.jsonl} where it lies. */
public final class RunQuery {
    /** DuckDB moves what does not fit to files. */
    private static final String MEMORY = "800MB";

    private static final Map<String, String> COLUMNS = columns();

    private RunQuery() {}

    /** Types are named, not guessed: a sample called 2024-01-01 stays text. */
    private static Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        for (var text : new String[] {
            "model",
            "method",
            "family",
            "task",
            "task_version",
            "category",
            "sample",
            "metric",
            "output",
            "thoughts",
            "stop_reason",
            "shortened_part",
            "prompt_sha256",
            "prompt_ids_sha256",
            "protocol",
            "machine",
            "error",
            "key"
        }) {
            columns.put(text, "VARCHAR");
        }
        columns.put("references", "VARCHAR[]");
        columns.put("all_classes", "VARCHAR[]");
        columns.put("facets", "JSON");
        columns.put("kept_spans", "JSON");
        for (var number : new String[] {
            "score",
            "requested_ratio",
            "achieved_ratio",
            "prefill_seconds",
            "compress_seconds",
            "decode_seconds",
            "own_decode_seconds",
            "shared_decode_seconds",
            "batch_rows"
        }) {
            columns.put(number, "DOUBLE");
        }
        for (var count : new String[] {
            "prompt_tokens",
            "compress_after",
            "tokens_before_truncation",
            "generated_tokens",
            "thinking_tokens",
            "free_tokens",
            "decode_steps",
            "read_bytes",
            "stored_bytes",
            "full_cache_bytes",
            "state_bytes",
            "seed"
        }) {
            columns.put(count, "BIGINT");
        }
        return columns;
    }

    /**
     * Answers a query about a run. The table {@code records} has a row for each answer, {@code failures} one for each method
     * that failed on a sample, both with the names of {@code records.jsonl} as columns.
     *
     * @param folder of the run
     * @throws UserError if the folder holds no run, or DuckDB does not understand the query
     */
    public static ResultTable select(Path folder, String query) {
        try (var connection = open(folder);
                var statement = connection.createStatement()) {
            boolean rows = statement.execute(query);
            return rows ? table(statement.getResultSet()) : new ResultTable(List.of(), List.of());
        } catch (SQLException e) {
            throw new UserError("this query does not work: " + reason(e), e);
        }
    }

    /**
     * Answers several queries about the same records, which are read from their file once: the columns that the queries
     * name are kept in memory meanwhile.
     *
     * @throws UserError as {@link #select}
     */
    public static List<ResultTable> selectAll(Path folder, List<String> queries) {
        try (var connection = open(folder);
                var statement = connection.createStatement()) {
            var named = COLUMNS.keySet().stream()
                    .filter(column -> queries.stream().anyMatch(query -> query.matches("(?s).*\\b" + column + "\\b.*")))
                    .filter(column -> !column.equals("error"))
                    .map(RunQuery::name)
                    .collect(Collectors.joining(", "));
            if (!named.isEmpty()) {
                statement.execute("CREATE TEMP TABLE answers AS SELECT " + named + " FROM records");
                statement.execute("CREATE OR REPLACE VIEW records AS SELECT * FROM answers");
            }
            var tables = new ArrayList<ResultTable>();
            for (var query : queries) {
                statement.execute(query);
                tables.add(table(statement.getResultSet()));
            }
            return tables;
        } catch (SQLException e) {
            throw new UserError("a query does not work: " + reason(e), e);
        }
    }

    /**
     * Writes the rows of a query to a Parquet file.
     *
     * @throws UserError as {@link #select}, or if the file cannot be written
     */
    public static Path copy(Path folder, String query, Path target) {
        try (var connection = open(folder);
                var statement = connection.createStatement()) {
            statement.execute("COPY (" + query.strip().replaceFirst(";$", "") + ") TO " + quoted(target.toString())
                    + " (FORMAT parquet)");
            return target;
        } catch (SQLException e) {
            throw new UserError("cannot write " + target + ": " + reason(e), e);
        }
    }

    /** A database with the views; the records are read from their file by each query, and only what it asks for. */
    private static Connection open(Path folder) throws SQLException {
        RunFolder.knownInfo(folder);
        var types = COLUMNS.entrySet().stream()
                .map(column -> quoted(column.getKey()) + ": " + quoted(column.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        var file = folder.resolve("records.jsonl");
        var source = Files.exists(file)
                ? "read_json(" + quoted(file.toString())
                        + ", format = 'newline_delimited', auto_detect = false, ignore_errors = true, columns = "
                        + types
                        + ")"
                : "(SELECT " + nulls() + " LIMIT 0)";
        var connection = DriverManager.getConnection("jdbc:duckdb:");
        try (var statement = connection.createStatement()) {
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute("SET memory_limit = '" + MEMORY + "'");
            // a torn last line reads as a row of nulls
            statement.execute(
                    "CREATE VIEW records AS SELECT * EXCLUDE (error) FROM " + source + " WHERE score IS NOT NULL");
            statement.execute("CREATE VIEW failures AS SELECT model, method, task, category, sample, error FROM "
                    + source + " WHERE error IS NOT NULL");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static String nulls() {
        return COLUMNS.entrySet().stream()
                .map(column -> "NULL::" + column.getValue() + " AS " + name(column.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static ResultTable table(ResultSet result) throws SQLException {
        var meta = result.getMetaData();
        var columns = new ArrayList<String>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            var label = meta.getColumnLabel(i);
            columns.add(columns.contains(label) ? label + ":" + i : label);
        }
        var rows = new ArrayList<List<@Nullable Object>>();
        while (result.next()) {
            var row = new ArrayList<@Nullable Object>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(value(result.getObject(i)));
            }
            rows.add(row);
        }
        return new ResultTable(columns, rows);
    }

    /** Numbers and truth values stay, everything else becomes text. */
    private static @Nullable Object value(@Nullable Object value) {
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    /** A name as SQL writes it. */
    static String name(String column) {
        return '"' + column.replace("\"", "\"\"") + '"';
    }

    /** A text as SQL writes it. */
    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The message of DuckDB in one line: without the names of its error classes and the query, which the user knows. */
    static String reason(SQLException e) {
        var text = String.valueOf(e.getMessage()).replaceFirst("(?s).*[A-Z][A-Za-z ]* Error: ", "");
        return text.split("\n\n", 2)[0].strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

package io.hayloft.report;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads {@code records.jsonl} with DuckDB, which knows the formats that other tools want. */
final class RecordsQuery {
    private static final Map<String, String> COLUMNS = columns();

    private RecordsQuery() {}

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
     * Copies all records to a file in the folder of the run.
     *
     * @param options of DuckDB's COPY statement
     */
    static Path copyTo(Path folder, String name, String options) {
        var target = folder.resolve(name);
        var types = COLUMNS.entrySet().stream()
                .map(column -> quoted(column.getKey()) + ": " + quoted(column.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        var source = "read_json(" + quoted(folder.resolve("records.jsonl").toString())
                + ", format = 'newline_delimited', auto_detect = false, ignore_errors = true, columns = " + types + ")";
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("SET autoinstall_known_extensions = false");
            statement.execute(
                    // a torn last line reads as a row of nulls
                    "COPY (SELECT * FROM " + source + " WHERE key IS NOT NULL) TO " + quoted(target.toString()) + " ("
                            + options + ")");
            return target;
        } catch (SQLException e) {
            throw new UserError("cannot write " + target + ": " + firstLine(e), e);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}

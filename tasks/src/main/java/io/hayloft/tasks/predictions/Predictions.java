package io.hayloft.tasks.predictions;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.metric.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The score of a file of predictions.
 *
 * @param rows how many rows were scored
 * @param failures rows that could not be
 * @param score from 0 to 100 with two decimals, over the scored rows; empty if there are none
 */
public record Predictions(int rows, List<Failure> failures, OptionalDouble score) {
    /** The field with the answer, in the order in which they are looked for. */
    private static final List<String> ANSWERS = List.of("pred", "predicted_answer");

    /** Fields with the true answers: LongBench's, RULER's, kvpress', and RULER's for a single one. */
    private static final List<String> REFERENCES = List.of("answers", "outputs", "answer", "output");

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Copies the list. */
    public Predictions {
        failures = List.copyOf(failures);
    }

    /**
     * A row without a score.
     *
     * @param line number of its line, from 1
     */
    public record Failure(int line, String why) {}

    /** A row that can be read. */
    private record Row(int line, String answer, List<String> references, List<String> classes) {}

    /** Something is wrong with a row. */
    private static final class BadRow extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        BadRow(String why) {
            super(why, null, false, false);
            this.why = why;
        }
    }

    /**
     * Scores a file with one JSON object a line: the answer in {@code pred}, the true ones in {@code answers} or {@code
     * outputs}, class names in {@code all_classes}. Blank lines are passed over.
     *
     * @throws UserError if the file cannot be read
     */
    public static Predictions of(Task task, Path file) {
        var rows = new ArrayList<Row>();
        var failures = new ArrayList<Failure>();
        // bytes as characters, so that a line that is not UTF-8 spoils no other
        try (var reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            int number = 0;
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                try {
                    if (!line.isBlank()) {
                        rows.add(row(task, number, row(line.getBytes(StandardCharsets.ISO_8859_1))));
                    }
                } catch (BadRow e) {
                    failures.add(new Failure(number, e.why));
                }
            }
        } catch (IOException e) {
            throw new UserError(file + " cannot be read: " + FileError.reason(e), e);
        }
        var scores = scores(task, rows, failures);
        failures.sort(Comparator.comparingInt(Failure::line));
        var all = scores.stream().mapToDouble(Double::doubleValue).toArray();
        return new Predictions(
                all.length,
                failures,
                all.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(task.dataSetScore(all)));
    }

    private static JsonNode row(byte[] line) throws BadRow {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            var node = JsonMapper.shared().readTree(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
            if (node.isObject()) {
                return node;
            }
            throw new BadRow("expected a JSON object");
        } catch (CharacterCodingException e) {
            throw new BadRow("not UTF-8 text");
        } catch (JacksonException e) {
            throw new BadRow("broken JSON: " + e.getOriginalMessage());
        }
    }

    private static Row row(Task task, int line, JsonNode row) throws BadRow {
        var answer = first(row, ANSWERS);
        if (!row.path(answer).isString()) {
            throw new BadRow("expected a text in field '" + answer + "'");
        }
        return new Row(line, row.path(answer).stringValue(), references(row), classes(task, row));
    }

    /** The scores of rows; the class names of the last one serve all, as in the published program. */
    private static List<Double> scores(Task task, List<Row> rows, List<Failure> failures) {
        var classes = rows.isEmpty() ? List.<String>of() : rows.getLast().classes();
        var scores = new ArrayList<Double>();
        for (var row : rows) {
            var sample = new Sample(
                    task.name(),
                    task.category(),
                    "row",
                    new Prompt("", "", false),
                    row.references(),
                    classes,
                    1,
                    Map.of());
            try {
                scores.add(task.scoreOfRow(sample, row.answer()));
            } catch (IllegalArgumentException e) {
                failures.add(new Failure(row.line(), Objects.requireNonNullElse(e.getMessage(), "cannot be scored")));
            }
        }
        return scores;
    }

    private static List<String> references(JsonNode row) throws BadRow {
        var field = first(row, REFERENCES);
        var value = row.path(field);
        return value.isString() ? List.of(value.stringValue()) : texts(value, field);
    }

    private static List<String> classes(Task task, JsonNode row) throws BadRow {
        boolean needed = task.metric().equals(Metric.CLASSIFICATION.id());
        return needed ? texts(row.path("all_classes"), "all_classes") : List.of();
    }

    private static List<String> texts(JsonNode value, String field) throws BadRow {
        if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isString)) {
            throw new BadRow("expected a list of texts in field '" + field + "'");
        }
        return value.valueStream().map(JsonNode::stringValue).toList();
    }

    /** The first of these fields that a row has; the first of all if it has none. */
    private static String first(JsonNode row, List<String> fields) {
        return fields.stream().filter(row::has).findFirst().orElse(fields.getFirst());
    }
}

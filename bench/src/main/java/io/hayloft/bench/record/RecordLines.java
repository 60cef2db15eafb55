package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of {@code records.jsonl}.
 *
 * @param lines the complete lines, in the order of the file
 * @param completeBytes bytes up to the end of the last complete line
 * @param tornBytes bytes of a last line that a killed process left unfinished; 0 if there is none
 */
record RecordLines(List<RunLine> lines, long completeBytes, long tornBytes) {
    private static final String ERROR = "error";

    /** Fields that records did not have from the start, with what their absence means. */
    private static final Map<String, JsonNode> LATER = Map.of(
            "thoughts", JsonNodeFactory.instance.nullNode(),
            "thinking_tokens", JsonNodeFactory.instance.numberNode(0),
            "kept_spans", JsonNodeFactory.instance.nullNode(),
            "state_bytes", JsonNodeFactory.instance.numberNode(0));

    /** Names of the fields that are null in the lines of records whose sizes and times are not known. */
    private static final List<String> BYTES = names(new BenchRecord.Bytes(null, 0, 0, 0, 0, 0));

    private static final List<String> TIMES = names(new BenchRecord.Times(0, 0, 0, 0, 0, 0, 0));

    /** Copies the list. */
    RecordLines {
        lines = List.copyOf(lines);
    }

    /** The line of a record, line feed included. */
    static byte[] encode(RunLine line) {
        var json = Json.LINES.createObjectNode();
        switch (line) {
            case BenchRecord record -> {
                json.setAll((ObjectNode) Json.LINES.valueToTree(record.subject()));
                json.setAll((ObjectNode) Json.LINES.valueToTree(record.outcome()));
                json.setAll((ObjectNode) Json.LINES.valueToTree(record.tokens()));
                addMeasured(json, record.bytes(), BYTES);
                addMeasured(json, record.times(), TIMES);
                json.setAll((ObjectNode) Json.LINES.valueToTree(record.origin()));
                json.putNull(ERROR);
            }
            case FailedRecord failed -> {
                json.setAll((ObjectNode) Json.LINES.valueToTree(failed.subject()));
                json.put("key", failed.key());
                json.put("machine", failed.machine());
                json.put(ERROR, failed.error());
            }
        }
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> names(Record group) {
        return List.copyOf(Json.LINES.valueToTree(group).propertyNames());
    }

    /** Adds a group's fields, all of them null where it is not known. */
    private static void addMeasured(ObjectNode json, @Nullable Record group, List<String> names) {
        if (group == null) {
            names.forEach(json::putNull);
        } else {
            json.setAll((ObjectNode) Json.LINES.valueToTree(group));
        }
    }

    /**
     * Reads lines to the end of the stream. Only the last one may be torn: it counts as never written.
     *
     * @param name what error messages call the file
     * @throws UserError if a line before the last one is not a record
     */
    static RecordLines read(InputStream stream, String name) throws IOException {
        var lines = new ArrayList<RunLine>();
        var end = scan(stream, name, (line, offset, length) -> lines.add(line));
        return new RecordLines(lines, end.completeBytes(), end.tornBytes());
    }

    /** Hears of complete lines, with the place of their bytes, line feed included. */
    @FunctionalInterface
    interface Visitor {
        void line(RunLine line, long offset, int length);
    }

    /** The same without keeping the lines: the result has none. */
    static RecordLines scan(InputStream stream, String name, Visitor visitor) throws IOException {
        var in = new LineReader(stream);
        long complete = 0;
        long number = 0;
        while (in.next()) {
            try {
                visitor.line(decode(in.line()), complete, in.length());
                complete += in.length();
                number++;
            } catch (JacksonException | IllegalArgumentException e) {
                // Forgiven if it is the last line: a file system may have kept the end of a line without its start.
                int torn = in.length();
                if (in.next() || in.length() > 0) {
                    throw new UserError(
                            name + " line " + (number + 1) + " is damaged (" + Json.reason(e)
                                    + "): correct or delete this line, or use another folder",
                            e);
                }
                return new RecordLines(List.of(), complete, torn);
            }
        }
        return new RecordLines(List.of(), complete, in.length());
    }

    /** Lines of a stream as bytes, line feed included. */
    private static final class LineReader {
        private final InputStream in;
        private byte[] buffer = new byte[1 << 16];
        private int start;
        private int end; // of the line
        private int filled;

        LineReader(InputStream in) {
            this.in = in;
        }

        /** Goes to the next complete line; if there is none, {@link #length} is that of what follows the last. */
        boolean next() throws IOException {
            start = end;
            int searched = start;
            while (true) {
                for (; searched < filled; searched++) {
                    if (buffer[searched] == '\n') {
                        end = searched + 1;
                        return true;
                    }
                }
                if (start > 0) {
                    System.arraycopy(buffer, start, buffer, 0, filled - start);
                    searched -= start;
                    filled -= start;
                    start = 0;
                } else if (filled == buffer.length) {
                    buffer = Arrays.copyOf(buffer, 2 * filled);
                }
                int read = in.read(buffer, filled, buffer.length - filled);
                if (read < 0) {
                    end = filled;
                    return false;
                }
                filled += read;
            }
        }

        int length() {
            return end - start;
        }

        byte[] line() {
            return Arrays.copyOfRange(buffer, start, end);
        }
    }

    /**
     * A line alone.
     *
     * @throws UserError if it is not a record
     */
    static RunLine parse(String line) {
        try {
            return decode(line.getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new UserError("a line is not a record (" + Json.reason(e) + ")", e);
        }
    }

    private static RunLine decode(byte[] line) {
        var json = Json.LINES.readTree(line);
        if (!json.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        for (var name : LATER.keySet()) {
            if (!json.has(name)) {
                ((ObjectNode) json).set(name, LATER.get(name));
            }
        }
        var subject = group(json, BenchRecord.Subject.class);
        if (json.hasNonNull(ERROR)) {
            return new FailedRecord(
                    subject,
                    json.path("key").asString(),
                    json.path("machine").asString(),
                    json.path(ERROR).asString());
        }
        return new BenchRecord(
                subject,
                group(json, BenchRecord.Outcome.class),
                group(json, BenchRecord.Tokens.class),
                areNull(json, BYTES) ? null : group(json, BenchRecord.Bytes.class),
                areNull(json, TIMES) ? null : group(json, BenchRecord.Times.class),
                group(json, BenchRecord.Origin.class));
    }

    /** Returns whether all these fields are there and null. */
    private static boolean areNull(JsonNode json, List<String> names) {
        return names.stream().allMatch(name -> json.path(name).isNull());
    }

    private static <T> T group(JsonNode json, Class<T> type) {
        return Json.LINES.treeToValue(json, type);
    }

    /** A note for the user about a torn line; null if there is none. */
    @Nullable
    String tornNote(String name) {
        return tornBytes == 0
                ? null
                : name + ": dropped an unfinished last line (" + tornBytes + " bytes) of an interrupted run";
    }
}

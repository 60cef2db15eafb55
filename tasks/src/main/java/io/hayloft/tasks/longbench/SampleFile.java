package io.hayloft.tasks.longbench;

import io.hayloft.base.FileError;
import io.hayloft.base.JsonErrors;
import io.hayloft.base.UserError;
import io.hayloft.tasks.definition.DefinedTask;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A data file of one task in UTF-8: a JSON object a line, blank lines passed over, or one list of objects. */
public final class SampleFile {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> ENDINGS = List.of(".jsonl", ".json", "");

    /** Some editors put it before the first line. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final String BYTES_OF_MARK = "\u00EF\u00BB\u00BF";

    private final Path file;

    private SampleFile(Path file) {
        this.file = file;
    }

    /**
     * The file of a task: {@code <data>.jsonl} or {@code <data>.json} in the folder or in its sub-folder {@code data},
     * as the official archive has it, or beside the task's own file.
     *
     * @param data the file's name, with or without its ending
     * @throws UserError if there is no folder or no such file in it
     */
    static SampleFile of(DefinedTask task, String data, @Nullable Path folder) {
        var own = task.definition().folder();
        var file = find(data, folder, own);
        if (file != null) {
            return new SampleFile(file);
        }
        var name = data.matches(".+\\.jsonl?") ? data : data + ".jsonl";
        if (folder == null && own == null) {
            throw new UserError(
                    "task '" + task.name() + "' reads its samples from files: name the folder that holds " + name);
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new UserError("no data folder at " + folder + ": it should hold " + name);
        }
        throw new UserError("no samples of task '" + task.name() + "' in " + (folder == null ? own : folder)
                + ": expected " + name + " there");
    }

    /** The file of this name in the first folder that has it; null if none does. */
    static @Nullable Path find(String data, @Nullable Path folder, @Nullable Path own) {
        var found = folder == null ? null : find(data, folder);
        return found != null || own == null ? found : find(data, own);
    }

    private static @Nullable Path find(String data, Path folder) {
        for (var place : List.of(folder, folder.resolve("data"))) {
            for (var ending : ENDINGS) {
                var file = place.resolve(data + ending);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        return null;
    }

    /** A file that is there. */
    public static SampleFile at(Path file) {
        return new SampleFile(file);
    }

    /** Where a row stands in its file: it is read again when its sample is made, so that no text is kept. */
    public final class Place {
        private final long offset;
        private final int bytes;
        private final int line;

        private Place(long offset, int bytes, int line) {
            this.offset = offset;
            this.bytes = bytes;
            this.line = line;
        }

        /** Number of the line, from 1. */
        public int line() {
            return line;
        }

        /** Length of the row. */
        public int bytes() {
            return bytes;
        }

        /**
         * The row.
         *
         * @throws UserError if the file has changed since it was opened and holds something else here
         */
        public Row read() {
            try (var channel = FileChannel.open(file)) {
                var buffer = ByteBuffer.allocate(bytes);
                while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
                    // reads on
                }
                return new Row(file, line, object(text(buffer.array(), bytes), line));
            } catch (IOException e) {
                throw unreadable(e, line - 1);
            }
        }
    }

    /**
     * The places of the first rows of the file.
     *
     * @param most the most rows; 0 for all
     * @param check sees each row once, and throws if it does not like it
     * @throws UserError if the file cannot be read, a line is not a JSON object, or there is no row
     */
    public List<Place> rows(int most, Consumer<Row> check) {
        var places = isList() ? listed(most, check) : lines(most, check);
        if (places.isEmpty()) {
            throw new UserError(file + ": holds no samples: expected one JSON object a line");
        }
        return places;
    }

    private boolean isList() {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            int first = in.read();
            while (first >= 0 && (Character.isWhitespace(first) || BYTES_OF_MARK.indexOf(first) >= 0)) {
                first = in.read();
            }
            return first == '[';
        } catch (IOException e) {
            throw unreadable(e, 0);
        }
    }

    private List<Place> listed(int most, Consumer<Row> check) {
        var places = new ArrayList<Place>();
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            in.mark(4);
            int mark = new String(in.readNBytes(3), StandardCharsets.UTF_8).equals(BYTE_ORDER_MARK) ? 3 : 0;
            in.reset();
            in.skipNBytes(mark);
            try (var parser = JSON.createParser(in)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.START_OBJECT && (most == 0 || places.size() < most)) {
                    var start = parser.currentTokenLocation();
                    parser.skipChildren();
                    int bytes = (int) (parser.currentLocation().getByteOffset() - start.getByteOffset());
                    var place = new Place(mark + start.getByteOffset(), bytes, start.getLineNr());
                    check.accept(place.read());
                    places.add(place);
                }
                boolean ended = parser.currentToken() == JsonToken.END_ARRAY || places.size() == most;
                if (!ended) {
                    throw new UserError(
                            file + ", line " + parser.currentTokenLocation().getLineNr() + ": expected a JSON object");
                }
            }
        } catch (JacksonException e) {
            throw new UserError(
                    file + ": broken JSON in a list of samples: " + JsonErrors.inWords(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw unreadable(e, 0);
        }
        return places;
    }

    private List<Place> lines(int most, Consumer<Row> check) {
        var places = new ArrayList<Place>();
        int number = 0;
        long offset = 0;
        try (var in = new Lines(Files.newInputStream(file))) {
            for (var line = in.next(); line != null && (most == 0 || places.size() < most); line = in.next()) {
                var text = text(line, line.length);
                number++;
                if (!text.isBlank()) {
                    check.accept(new Row(file, number, object(text, number)));
                    places.add(new Place(offset, line.length, number));
                }
                offset += line.length + 1;
            }
        } catch (IOException e) {
            throw unreadable(e, number);
        }
        return places;
    }

    private static String text(byte[] line, int length) throws CharacterCodingException {
        var text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(line, 0, length))
                .toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private UserError unreadable(IOException e, int number) {
        return e instanceof CharacterCodingException
                ? new UserError(file + ": not UTF-8 text after line " + number + ": save the file as UTF-8", e)
                : new UserError(file + ": cannot be read: " + FileError.reason(e), e);
    }

    private JsonNode object(String line, int number) {
        try {
            var node = JSON.readTree(line);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw new UserError(
                    file + ", line " + number + ": broken JSON: " + JsonErrors.inWords(e.getOriginalMessage()), e);
        }
        throw new UserError(file + ", line " + number + ": expected a JSON object");
    }

    /** One row, and where it stands. */
    public record Row(Path file, int line, JsonNode fields) {
        /** A text that may be empty but not missing. */
        public String text(String field) {
            var value = fields.get(field);
            if (value == null || !value.isString()) {
                throw error(field, "a text");
            }
            return value.stringValue();
        }

        /** A text, or the given one where the field is missing or null. */
        public String text(String field, String otherwise) {
            return fields.hasNonNull(field) ? text(field) : otherwise;
        }

        /** A list of texts. */
        public List<String> texts(String field) {
            var value = fields.get(field);
            if (value == null || !value.isArray() || !value.valueStream().allMatch(JsonNode::isString)) {
                throw error(field, "a list of texts");
            }
            return value.valueStream().map(JsonNode::stringValue).toList();
        }

        /** A text, the digits of a number, or the given one where the field is missing or null. */
        public String name(String field, String otherwise) {
            var value = fields.get(field);
            return value != null && value.isNumber() ? value.asString() : text(field, otherwise);
        }

        /** A number of 0 or more, rounded, also as the text of one; empty where the field is something else or missing. */
        public OptionalInt number(String field) {
            var value = fields.get(field);
            try {
                double number = value != null && (value.isNumber() || value.isString())
                        ? Double.parseDouble(value.asString())
                        : -1;
                return number >= 0 ? OptionalInt.of((int) Math.rint(number)) : OptionalInt.empty();
            } catch (NumberFormatException e) {
                return OptionalInt.empty();
            }
        }

        /** The error for a field that is missing or not what it should be. */
        public UserError error(String field, String expected) {
            var wrong =
                    fields.has(field) ? "field '" + field + "' is not " : "field '" + field + "' is missing: expected ";
            return new UserError(file + ", line " + line + ": " + wrong + expected);
        }
    }
}

package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The lines of {@code records.jsonl}.
 *
 * @param records the whole lines
 * @param wholeBytes bytes up to the end of the last whole line
 * @param tornBytes bytes of a last line that a killed process left unfinished; 0 if there is none
 */
record RecordLines(List<BenchRecord> records, long wholeBytes, long tornBytes) {
    /** Copies the list. */
    RecordLines {
        records = List.copyOf(records);
    }

    /** The line of a record, line feed included. */
    static byte[] encode(BenchRecord record) {
        return (Json.line(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads lines to the end of the stream. Only the last one may be torn: it counts as never written.
     *
     * @param name what error messages call the file
     * @throws UserError if a line before the last one is no record
     */
    static RecordLines read(InputStream stream, String name) throws IOException {
        var in = new BufferedInputStream(stream);
        var records = new ArrayList<BenchRecord>();
        var line = new ByteArrayOutputStream();
        long whole = 0;
        @Nullable String doubt = null;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (doubt != null) {
                throw new UserError(name + " line " + (records.size() + 1) + " is damaged (" + doubt
                        + "): mend or delete this line, or use another folder");
            }
            line.write(b);
            if (b == '\n') {
                try {
                    records.add(decode(line.toByteArray()));
                    whole += line.size();
                    line.reset();
                } catch (JacksonException | IllegalArgumentException e) {
                    // forgiven if it is the last line: a file system may have kept the end of a line without its start
                    doubt = Json.reason(e);
                }
            }
        }
        return new RecordLines(records, whole, line.size());
    }

    private static BenchRecord decode(byte[] line) {
        var record = Json.LINES.readValue(line, BenchRecord.class);
        if (record == null) {
            throw new IllegalArgumentException("it is null");
        }
        return record;
    }

    /** What to tell the user about a torn line; null if there is none. */
    @Nullable
    String tornNote(String name) {
        return tornBytes == 0
                ? null
                : name + ": dropped an unfinished last line (" + tornBytes + " bytes) of an interrupted run";
    }
}

package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What came of a sample on some machine: the lines that its run lacked, and what is kept beside them.
 *
 * @param worker who answered
 * @param lines one for each method that had not answered before; none if all had
 * @param prompt its prompt; null if it could not be made or nobody had to answer it
 * @param kept what the methods kept of the prompt; null for a sample of which that is not written down
 */
public record Answered(
        Worker worker,
        List<RunLine> lines,
        PromptFile.@Nullable Line prompt,
        @Nullable KeptPrompt kept) {
    /** Copies the list. */
    public Answered {
        lines = List.copyOf(lines);
    }

    /**
     * Who answers samples.
     *
     * @param model hash of the model's files
     * @param name of the machine in records
     * @param machine its description
     */
    public record Worker(String model, String name, RunInfo.Machine machine) {
        /** What it answers with these lines alone. */
        public Answered with(List<RunLine> lines) {
            return new Answered(this, lines, null, null);
        }
    }

    /** The same with the lines as the file has them. */
    private record Sent(
            Worker worker,
            List<String> lines,
            PromptFile.@Nullable Line prompt,
            @Nullable KeptPrompt kept) {}

    /** This as compressed JSON, to be sent to another machine. */
    public byte[] packed() {
        var sent = new Sent(worker, lines.stream().map(RunLine::json).toList(), prompt, kept);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(Json.LINES.writeValueAsBytes(sent));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory is no device that fails
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #packed} made.
     *
     * @throws UserError if it is damaged
     */
    public static Answered unpacked(byte[] packed) {
        try (var zip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            var text = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
            var sent = Json.read(text, Sent.class, "what a worker sent");
            var lines = sent.lines().stream().map(RunLine::parse).toList();
            return new Answered(sent.worker(), lines, sent.prompt(), sent.kept());
        } catch (IOException e) {
            throw new UserError("what a worker sent is damaged (" + e.getMessage() + ")", e);
        }
    }
}

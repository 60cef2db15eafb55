package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a run's prompts, {@code prompts.jsonl.gz} beside its records: a line for each prompt, named by the hash that
 * records have of it. Each line is a gzip member of its own, so that lines can be appended, {@code zcat} reads the file, and a
 * kill leaves complete members and at most one torn one, which the next start drops.
 */
public final class PromptFile implements AutoCloseable {
    static final String NAME = "prompts.jsonl.gz";

    /** The header that Java writes has no optional parts; behind the data come checksum and length. */
    private static final int HEADER = 10;

    private static final int TRAILER = 8;

    private final Path file;
    private final FileChannel channel;
    private final Set<String> known;
    private long size;

    /**
     * A prompt as it is stored.
     *
     * @param promptSha256 as {@link BenchRecord.Origin} has it
     * @param text before the chat format, and before a method shortened it
     */
    public record Line(String promptSha256, String text) {}

    private PromptFile(Path file, FileChannel channel, Set<String> known, long size) {
        this.file = file;
        this.channel = channel;
        this.known = known;
        this.size = size;
    }

    /** Opens the prompts of a folder to add some; cuts off what a kill has left unfinished. */
    public static PromptFile open(Path folder) {
        var file = folder.resolve(NAME);
        var known = new HashSet<String>();
        long complete = scan(file, line -> known.add(line.promptSha256()));
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(complete);
            return new PromptFile(file, channel, known, complete);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    /**
     * The prompts of some records.
     *
     * @param wanted hashes
     * @return texts by hash, of those that are stored
     * @throws UserError if the file is damaged
     */
    public static Map<String, String> read(Path folder, Set<String> wanted) {
        return read(folder, wanted, UnaryOperator.identity());
    }

    /** The same, with only that part of each text in memory that is taken. */
    public static Map<String, String> read(Path folder, Set<String> wanted, UnaryOperator<String> part) {
        var found = new LinkedHashMap<String, String>();
        scan(folder.resolve(NAME), line -> {
            if (wanted.contains(line.promptSha256())) {
                found.put(line.promptSha256(), part.apply(line.text()));
            }
        });
        return found;
    }

    /** Adds the prompts of another folder that are not here yet. */
    void addAll(Path folder) {
        scan(folder.resolve(NAME), this::add);
    }

    /**
     * Adds a prompt, unless it is here, and waits until it is on disk.
     *
     * @throws UserError if it cannot be written; the file then ends with the prompt before
     */
    public void add(Line prompt) {
        if (!known.add(prompt.promptSha256())) {
            return;
        }
        var line = Json.line(prompt) + "\n";
        try {
            var bytes = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(bytes)) {
                gzip.write(line.getBytes(StandardCharsets.UTF_8));
            }
            var left = ByteBuffer.wrap(bytes.toByteArray());
            for (long at = size; left.hasRemaining(); ) {
                at += channel.write(left, at);
            }
            channel.force(false);
            size += bytes.size();
        } catch (IOException e) {
            known.remove(prompt.promptSha256());
            throw new UserError(
                    "cannot write " + file + ": " + FileError.reason(e)
                            + ": make room, or leave prompts out with --no-prompts, and start the same command again",
                    e);
        }
    }

    /** Takes a line. */
    private interface Reader {
        void line(Line line);
    }

    /** Reads all complete lines; returns the bytes that they take. */
    private static long scan(Path file, Reader reader) {
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            long complete = 0;
            while (true) {
                var member = new Member();
                var text = member.read(in);
                if (text == null) {
                    return complete;
                }
                reader.line(Json.read(text, Line.class, file.toString()));
                complete += member.bytes;
            }
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        } catch (DataFormatException e) {
            throw new UserError(file + " is damaged (" + e.getMessage() + "): delete it, and prompts are not shown", e);
        }
    }

    /** One gzip member, read to its last byte and no further. */
    private static final class Member {
        long bytes;

        /** Its content; null at the end of the file or where the rest is not a complete member. */
        @Nullable
        String read(BufferedInputStream in) throws IOException, DataFormatException {
            var header = in.readNBytes(HEADER);
            if (header.length < HEADER) {
                return null;
            }
            if (header[0] != 0x1f || (header[1] & 0xff) != 0x8b || header[3] != 0) {
                throw new DataFormatException("no gzip member where one should begin");
            }
            var content = new ByteArrayOutputStream();
            var inflater = new Inflater(true);
            try {
                if (!inflate(in, inflater, content) || in.readNBytes(TRAILER).length < TRAILER) {
                    return null;
                }
                bytes = HEADER + inflater.getBytesRead() + TRAILER;
            } finally {
                inflater.end();
            }
            return content.toString(StandardCharsets.UTF_8);
        }

        /** Reads up to the end of the data; returns false where the file ends too early. */
        private static boolean inflate(BufferedInputStream in, Inflater inflater, ByteArrayOutputStream content)
                throws IOException, DataFormatException {
            var input = new byte[1 << 13];
            var output = new byte[1 << 14];
            int count = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    in.mark(input.length);
                    count = in.read(input);
                    if (count < 0) {
                        return false;
                    }
                    inflater.setInput(input, 0, count);
                }
                content.write(output, 0, inflater.inflate(output));
            }
            in.reset();
            in.skipNBytes(count - inflater.getRemaining());
            return true;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UserError("cannot close " + file + ": " + FileError.reason(e), e);
        }
    }
}

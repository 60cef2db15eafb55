package io.hayloft.bench.record;

import io.hayloft.base.Build;
import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Names of the files in a run's folder; reads them and replaces them in one step. */
final class RunFiles {
    static final String INFO = "run.json";
    static final String RECORDS = "records.jsonl";
    static final String LOCK = ".lock";

    /** Fields of {@code run.json} that it did not have from the start. */
    private static final List<String> LATER = List.of("version", "commit");

    private RunFiles() {}

    /** The {@code run.json} of a folder; empty if there is none. */
    static Optional<RunInfo> readInfo(Path folder) {
        var file = folder.resolve(INFO);
        if (Files.isRegularFile(folder)) {
            throw new UserError(folder + " is a file, and a run is a folder: name another");
        }
        try {
            var tree = Json.INDENTED.readTree(Files.readAllBytes(file));
            if (!RunInfo.FORMAT.equals(tree.path("format").asString(""))) {
                throw new UserError(folder + " was written by another version of Hayloft, whose records do not mix with"
                        + " those of this one: start bench anew with --out " + folder + "-new");
            }
            for (var name : LATER) {
                if (!tree.has(name) && tree instanceof ObjectNode object) {
                    object.put(name, Build.UNKNOWN);
                }
            }
            return Optional.of(Json.INDENTED.treeToValue(tree, RunInfo.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        } catch (JacksonException e) {
            throw new UserError(file + " is damaged (" + Json.reason(e) + "): use another folder", e);
        }
    }

    /** Replaces {@code run.json} in one step, so that no kill leaves half of it. */
    static void writeInfo(Path folder, RunInfo info) {
        replace(folder.resolve(INFO), out -> out.write(Json.INDENTED.writeValueAsBytes(info)));
    }

    /** Replaces {@code records.jsonl} in one step, so that no kill leaves half of it. */
    static void replaceRecords(Path folder, List<? extends RunLine> lines) {
        replace(folder.resolve(RECORDS), out -> {
            for (var line : lines) {
                out.write(RecordLines.encode(line));
            }
        });
    }

    /** Replaces {@code records.jsonl} by lines of the same files in other folders, copied as they are. */
    static void replaceRecords(Path folder, List<MergedLines.Line> lines, List<Path> sources) {
        replace(folder.resolve(RECORDS), out -> {
            var channels = new ArrayList<@Nullable FileChannel>();
            try {
                for (var source : sources) {
                    var file = source.resolve(RECORDS);
                    channels.add(Files.exists(file) ? FileChannel.open(file, StandardOpenOption.READ) : null);
                }
                for (var line : lines) {
                    var bytes = ByteBuffer.allocate(line.length());
                    var channel = Objects.requireNonNull(channels.get(line.part()));
                    while (bytes.hasRemaining() && channel.read(bytes, line.offset() + bytes.position()) >= 0) {
                        // until the line is there
                    }
                    if (bytes.hasRemaining()) {
                        throw new EOFException(sources.get(line.part()) + " has changed meanwhile");
                    }
                    out.write(bytes.array());
                }
            } finally {
                for (var channel : channels) {
                    if (channel != null) {
                        channel.close();
                    }
                }
            }
        });
    }

    /** Writes the content of a file. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Replaces a file in one step, so that no kill leaves half of it. */
    static void replace(Path file, Content content) {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (var channel = FileChannel.open(
                            draft,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    var out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    /** The lines of {@code records.jsonl}; none if there is no file. */
    static RecordLines readRecords(Path folder) {
        var file = folder.resolve(RECORDS);
        try (var in = Files.newInputStream(file)) {
            return RecordLines.read(in, file.toString());
        } catch (NoSuchFileException e) {
            return new RecordLines(List.of(), 0, 0);
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** Goes through the lines of {@code records.jsonl} one by one; there are none if there is no file. */
    static void scanRecords(Path folder, RecordLines.Visitor visitor) {
        var file = folder.resolve(RECORDS);
        try (var in = Files.newInputStream(file)) {
            RecordLines.scan(in, file.toString(), visitor);
        } catch (NoSuchFileException e) {
            // nothing has been answered
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + FileError.reason(e), e);
        }
    }

    /** Makes the folder of a run. */
    static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UserError(
                    "cannot create the output folder " + folder + ": " + FileError.reason(e)
                            + ". Name another with --out",
                    e);
        }
    }
}

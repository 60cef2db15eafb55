package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Names of the files in a run's folder; reads them and replaces them in one step. */
final class RunFiles {
    static final String INFO = "run.json";
    static final String RECORDS = "records.jsonl";
    static final String LOCK = ".lock";

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
            return Optional.of(Json.INDENTED.treeToValue(tree, RunInfo.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + reason(e), e);
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

    /** What goes into a file. */
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
            throw new UserError("cannot write " + file + ": " + reason(e), e);
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
            throw new UserError("cannot read " + file + ": " + reason(e), e);
        }
    }

    /** Makes the folder of a run. */
    static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UserError(
                    "cannot create the output folder " + folder + ": " + reason(e) + ". Name another with --out", e);
        }
    }

    /** Returns why an operation failed, without the path that the message names anyway. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file is in its way";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}

package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes the folder of a run, alone: it holds a lock until it is closed.
 *
 * <p>Opening a folder that an earlier start left behind continues its run, which may grow. The lines of one
 * {@link #append} go to the disk together; a kill in between leaves complete lines and at most one torn one, which the
 * next start drops.
 */
public final class RunWriter implements AutoCloseable {
    private final Path folder;
    private final FolderLock lock;
    private final Output output;
    private final List<RunLine> lines;
    private final List<String> notes;
    private RunInfo info;
    private boolean undivided;
    private long size;
    private boolean keepsPrompts = true;
    private @Nullable PromptFile prompts; // opened when the first prompt comes

    private RunWriter(
            Path folder, FolderLock lock, Output output, RecordLines lines, List<String> notes, RunInfo info) {
        this.folder = folder;
        this.lock = lock;
        this.output = output;
        this.lines = new ArrayList<>(lines.lines());
        this.notes = notes;
        this.info = info;
        this.size = lines.completeBytes();
    }

    /** The destination of a run's lines: a file, or in tests a disk that fails on purpose. */
    interface Output extends AutoCloseable {
        /** Appends all bytes and forces them to the disk. */
        void append(ByteBuffer bytes) throws IOException;

        /** Cuts everything after this many bytes. */
        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Appends to a file that is open for writing. */
    private record FileOutput(FileChannel channel) implements Output {
        @Override
        public void append(ByteBuffer bytes) throws IOException {
            channel.position(channel.size());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Opens a folder for a run: a new one, or what an earlier start left.
     *
     * @param fresh the run's description as if it started now
     * @param forgotten the failures that are forgotten, so that these samples are tried again
     * @throws UserError if the folder cannot be written, is in use, is damaged or holds a run that cannot grow into this one
     */
    public static RunWriter open(Path folder, RunInfo fresh, Predicate<FailedRecord> forgotten) {
        RunFiles.createFolder(folder);
        var lock = FolderLock.take(folder);
        try {
            var earlier = RunFiles.readInfo(folder);
            var lines = RunFiles.readRecords(folder);
            if (earlier.isEmpty() && !lines.lines().isEmpty()) {
                throw new UserError(folder + " holds records of an unknown run (no " + RunFiles.INFO
                        + "): use another folder with --out");
            }
            var info = earlier.map(before -> fresh.continuing(folder, before)).orElse(fresh);
            var notes = new ArrayList<String>();
            var torn = lines.tornNote(RunFiles.RECORDS);
            if (torn != null) {
                notes.add(torn);
            }
            var kept = lines.lines().stream()
                    .filter(line -> !(line instanceof FailedRecord failed && forgotten.test(failed)))
                    .toList();
            if (kept.size() < lines.lines().size()) {
                RunFiles.replaceRecords(folder, kept);
                lines = RunFiles.readRecords(folder);
            }
            var output = openRecords(folder, lines);
            RunFiles.writeInfo(folder, info);
            var writer = new RunWriter(folder, lock, output, lines, notes, info);
            writer.undivided = !fresh.settings().containsKey("shards");
            return writer;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Replaces the records of a finished or stopped run by others and its description with them. A kill leaves the old
     * records or the new ones, never a mixture.
     *
     * @param change makes the new run of the old one
     * @throws UserError if the folder holds no run, is in use or cannot be written
     */
    public static RunFolder rewrite(Path folder, UnaryOperator<RunFolder> change) {
        RunFolder.read(folder); // before a lock file is made where there is no run
        try (var _ = FolderLock.take(folder)) {
            var changed = change.apply(RunFolder.read(folder));
            var all = new ArrayList<RunLine>(changed.records());
            all.addAll(changed.failures());
            RunFiles.replaceRecords(folder, all);
            RunFiles.writeInfo(folder, changed.info());
            return changed;
        }
    }

    private static Output openRecords(Path folder, RecordLines lines) {
        var file = folder.resolve(RunFiles.RECORDS);
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(lines.completeBytes());
            return new FileOutput(channel);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e) + ". Name another --out folder", e);
        }
    }

    /** A writer over any output, for tests of failing disks. */
    static RunWriter over(Path folder, RunInfo info, Output output) {
        var none = new RecordLines(List.of(), 0, 0);
        return new RunWriter(folder, FolderLock.take(folder), output, none, new ArrayList<>(), info);
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** Description of the run, with what earlier starts put into it. */
    public RunInfo info() {
        return info;
    }

    /** Lines that are on disk: those of earlier starts, then those of this one. */
    public List<RunLine> lines() {
        return List.copyOf(lines);
    }

    /** Observations from opening the folder. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Writes the records of a sample and waits until they are on disk.
     *
     * @throws UserError if they cannot be written; the file then ends with the sample before
     */
    public void append(List<? extends RunLine> sample) {
        if (info.finished() != null) {
            info = info.unfinished(); // an earlier start had finished what it was asked for
            RunFiles.writeInfo(folder, info);
        }
        var bytes = new ByteArrayOutputStream();
        for (var line : sample) {
            bytes.writeBytes(RecordLines.encode(line));
        }
        try {
            output.append(ByteBuffer.wrap(bytes.toByteArray()));
        } catch (IOException e) {
            cutBack();
            throw new UserError(
                    "cannot write " + folder.resolve(RunFiles.RECORDS) + ": " + FileError.reason(e) + ". The "
                            + lines.size() + " records before are safe: make room and start the same command again",
                    e);
        }
        size += bytes.size();
        lines.addAll(sample);
    }

    /**
     * Writes what came of a sample: what is kept beside the records first, then these together.
     *
     * @throws UserError if it cannot be written
     */
    public void append(Answered answered) {
        var worker = answered.worker();
        if (!info.machines().containsKey(worker.name())) {
            info = info.alsoOn(worker);
            RunFiles.writeInfo(folder, info);
        }
        if (answered.prompt() != null) {
            keepPrompt(answered.prompt());
        }
        if (answered.kept() != null) {
            KeptFile.add(folder, List.of(answered.kept()));
        }
        append(answered.lines());
    }

    /** Leaves out the texts of prompts that come from now on. */
    public void leaveOutPrompts() {
        keepsPrompts = false;
    }

    /**
     * Keeps the text of a prompt in {@code prompts.jsonl.gz}, once: called before the records of its sample are appended.
     *
     * @throws UserError if it cannot be written
     */
    public void keepPrompt(PromptFile.Line prompt) {
        if (!keepsPrompts) {
            return;
        }
        if (prompts == null) {
            prompts = PromptFile.open(folder);
        }
        prompts.add(prompt);
    }

    private void cutBack() {
        try {
            output.truncate(size);
        } catch (IOException e) {
            // the next start drops the torn line
            notes.add("could not cut an unfinished line: " + FileError.reason(e));
        }
    }

    /** The run as it stands. */
    public RunFolder folderAsItIs() {
        return RunFolder.of(folder, info, lines, null);
    }

    /**
     * Notes in {@code run.json} that the last sample is done.
     *
     * @param time when, ISO 8601
     * @param seconds time that this start has run
     */
    public RunFolder finish(String time, double seconds) {
        info = info.finishedAt(time, seconds);
        if (undivided) {
            info = info.withoutShards(); // the parts that were there before are parts of all samples now
        }
        RunFiles.writeInfo(folder, info);
        return folderAsItIs();
    }

    @Override
    public void close() {
        try (lock;
                output;
                var _ = prompts) {
            // records are already on disk
        } catch (IOException e) {
            throw new UserError("cannot close " + folder + ": " + FileError.reason(e), e);
        }
    }
}

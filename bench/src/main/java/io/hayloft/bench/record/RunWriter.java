package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes the folder of a run, alone: it holds a lock until it is closed.
 *
 * <p>Opening a folder that an interrupted start of the same run left behind continues it. The lines of one
 * {@link #append} go to the disk together; a kill in between leaves whole lines and at most one torn one, which the next
 * start drops.
 */
public final class RunWriter implements AutoCloseable {
    private final Path folder;
    private final FolderLock lock;
    private final Output output;
    private final List<BenchRecord> records;
    private final List<String> notes;
    private RunInfo info;
    private long size;

    private RunWriter(
            Path folder, FolderLock lock, Output output, RecordLines lines, List<String> notes, RunInfo info) {
        this.folder = folder;
        this.lock = lock;
        this.output = output;
        this.records = new ArrayList<>(lines.records());
        this.notes = notes;
        this.info = info;
        this.size = lines.wholeBytes();
    }

    /**
     * Opens a folder for a run: a new one, or what an earlier start of the same run left.
     *
     * @param fresh the run's description as if it started now
     * @param samples keys of the records that belong together; where some of them are missing, the others are dropped
     * @throws UserError if the folder cannot be written, is in use, is damaged or holds another run
     */
    public static RunWriter open(Path folder, RunInfo fresh, Collection<List<String>> samples) {
        RunFiles.createFolder(folder);
        var lock = FolderLock.take(folder);
        try {
            var earlier = RunFiles.readInfo(folder);
            var lines = RunFiles.readRecords(folder);
            if (earlier.isPresent()) {
                SameRun.require(folder, earlier.get(), fresh);
            } else if (!lines.records().isEmpty()) {
                throw new UserError(folder + " holds records of an unknown run (no " + RunFiles.INFO
                        + "): use another folder with --out");
            }
            var notes = new ArrayList<String>();
            var torn = lines.tornNote(RunFiles.RECORDS);
            if (torn != null) {
                notes.add(torn);
            }
            var whole = WholeSamples.of(lines.records(), samples);
            if (whole.size() < lines.records().size()) {
                notes.add("dropped " + (lines.records().size() - whole.size())
                        + " records of a sample that an interrupted run left unfinished: it runs again");
                lines = RunFiles.replaceRecords(folder, whole);
            }
            var info = earlier.map(before -> fresh.continuing(before)).orElse(fresh);
            var output = openRecords(folder, lines);
            RunFiles.writeInfo(folder, info);
            return new RunWriter(folder, lock, output, lines, notes, info);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Output openRecords(Path folder, RecordLines lines) {
        var file = folder.resolve(RunFiles.RECORDS);
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(lines.wholeBytes());
            return Output.to(channel);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + RunFiles.reason(e) + ". Name another --out folder", e);
        }
    }

    /** A writer over any output, for tests of failing disks. */
    static RunWriter over(Path folder, RunInfo info, Output output) {
        var lines = new RecordLines(List.of(), 0, 0);
        return new RunWriter(folder, FolderLock.take(folder), output, lines, new ArrayList<>(), info);
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** Records that are on disk: those of earlier starts, then those of this one. */
    public List<BenchRecord> records() {
        return List.copyOf(records);
    }

    /** What was noticed when the folder was opened. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Writes the records of a sample and waits until they are on disk.
     *
     * @throws UserError if they cannot be written; the file then ends with the sample before
     */
    public void append(List<BenchRecord> sample) {
        var bytes = new ByteArrayOutputStream();
        for (var record : sample) {
            bytes.writeBytes(RecordLines.encode(record));
        }
        try {
            output.append(ByteBuffer.wrap(bytes.toByteArray()));
        } catch (IOException e) {
            cutBack();
            throw new UserError(
                    "cannot write " + folder.resolve(RunFiles.RECORDS) + ": " + RunFiles.reason(e) + ". The "
                            + records.size() + " records before are safe: make room and start the same command again",
                    e);
        }
        size += bytes.size();
        records.addAll(sample);
    }

    private void cutBack() {
        try {
            output.truncate(size);
        } catch (IOException e) {
            // the next start drops the torn line
            notes.add("could not cut an unfinished line: " + RunFiles.reason(e));
        }
    }

    /** The run as it stands. */
    public RunFolder folderAsItIs() {
        return new RunFolder(folder, info, records, notes);
    }

    /**
     * Notes in {@code run.json} that the last sample is done.
     *
     * @param time when, ISO 8601
     * @param seconds time that this start has run
     */
    public RunFolder finish(String time, double seconds) {
        info = info.finishedAt(time, seconds);
        RunFiles.writeInfo(folder, info);
        return folderAsItIs();
    }

    @Override
    public void close() {
        try (lock;
                output) {
            // records are already on disk
        } catch (IOException e) {
            throw new UserError("cannot close " + folder + ": " + RunFiles.reason(e), e);
        }
    }
}
